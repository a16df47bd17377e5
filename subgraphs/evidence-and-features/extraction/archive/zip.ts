/** ZIP archives, as they come from people: what is taken out of one is bounded before anything is unpacked. */
import { ExtractionError } from '../../domain/extracted-evidence.js';

export interface ZipLimits {
  /** Which entries are taken. */
  readonly wants: (path: string) => boolean;
  /** Bytes of one entry, and of all that are taken, unpacked. */
  readonly mostBytes: number;
  readonly mostEntries: number;
}

export interface Unzipped {
  readonly entries: ReadonlyMap<string, Uint8Array>;
  /** Paths of files that were not asked for. */
  readonly others: readonly string[];
}

const mostNoted = 1_000;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/** Throws an ExtractionError for what is no archive, or past a limit. */
export async function unzip(bytes: Uint8Array, { wants, mostBytes, mostEntries }: ZipLimits): Promise<Unzipped> {
  const { unzipSync } = await import('fflate');
  const others: string[] = [];
  const sizes = new Map<string, number>();
  let total = 0;
  let count = 0;
  try {
    const unpacked = unzipSync(bytes, {
      // An entry is unpacked into as many bytes as it says, and no more: what it says is what counts.
      filter: ({ name, originalSize }) => {
        count += 1;
        if (count > 10 * mostEntries)
          throw new ExtractionError(`The archive has more than ${10 * mostEntries} entries.`);
        if (name.endsWith('/')) return false;
        if (!wants(name)) {
          if (others.length < mostNoted) others.push(name);
          return false;
        }
        total += originalSize;
        sizes.set(name, originalSize);
        if (sizes.size > mostEntries)
          throw new ExtractionError(`The archive has more than ${mostEntries} files to read.`);
        if (total > mostBytes) throw new ExtractionError(`Unpacked, the archive has more than ${mostBytes} bytes.`);
        return true;
      },
    });
    return { entries: new Map(Object.entries(unpacked)), others };
  } catch (error) {
    if (error instanceof ExtractionError) throw error;
    throw new ExtractionError('The archive is damaged, encrypted, or packed in a way that is not known here.');
  }
}
