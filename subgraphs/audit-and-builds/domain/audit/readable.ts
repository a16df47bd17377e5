/** What of a commit is read: texts that people write, within bounds. */
import { isLockFile } from './places.js';

/** Bytes. Larger ones are generated. */
const largestFile = 1_000_000;
const largestLockFile = 16_000_000;
export const mostFiles = 100_000;
/** Bytes of all files together: they are held in memory while they are judged. */
export const mostBytes = 256_000_000;

export function isOfReadableSize(path: string, bytes: number): boolean {
  return bytes <= (isLockFile(path) ? largestLockFile : largestFile);
}

/** Pictures, fonts, archives and the like, which need not be opened to be known. */
const binary =
  /\.(?:png|jpe?g|gif|webp|avif|ico|bmp|tiff?|psd|woff2?|ttf|otf|eot|pdf|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|so|dylib|dll|exe|o|a|wasm|pyc|mp[34]|mov|avi|webm|ogg|wav|flac|sqlite3?|db|parquet|bin|docx?|xlsx?|pptx?)$/i;

export function isReadableName(path: string): boolean {
  return !binary.test(path);
}

/** Null for what is no text. */
export function toText(bytes: Uint8Array): string | null {
  return bytes.subarray(0, 8_000).includes(0) ? null : Buffer.from(bytes).toString('utf8');
}
