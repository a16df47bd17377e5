/** The operations that were registered beforehand, by the SHA-256 of their text. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { StartupError } from '../errors/index.js';

export interface TrustedDocuments {
  readonly size: number;
  /** The text registered under this id; null when there is none. */
  find(id: string): string | null;
  /** Whether this text is registered, under any id. */
  holds(source: string): boolean;
}

/** `documents`: id → text. */
function createTrustedDocuments(documents: ReadonlyMap<string, string>): TrustedDocuments {
  const texts = new Set(documents.values());
  return {
    size: documents.size,
    find: (id) => documents.get(id) ?? null,
    holds: (source) => texts.has(source),
  };
}

/** Reads a manifest: Apollo's (`{"format": "apollo-persisted-query-manifest", "operations": [{"id", "body"}]}`) or `{"<sha256>": "<text>"}`. */
export async function readTrustedDocuments(file: string): Promise<TrustedDocuments> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new StartupError(`The trusted documents in ${file} can't be read as JSON.`, { cause: error });
  }
  const documents = new Map<string, string>();
  for (const [id, body] of entriesOf(manifest, file)) {
    // Ids of other makes are taken as they are; a SHA-256 must be that of its text, or the manifest was altered.
    if (/^[0-9a-f]{64}$/.test(id) && id !== sha256(body)) {
      throw new StartupError(`The trusted documents in ${file} are altered: the text under ${id} has another SHA-256.`);
    }
    documents.set(id, body);
  }
  return createTrustedDocuments(documents);
}

function entriesOf(manifest: unknown, file: string): [string, string][] {
  const malformed = () =>
    new StartupError(
      `The trusted documents in ${file} are malformed: expected Apollo's persisted query manifest, or {"<sha256>": "<document>"}.`,
    );
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) throw malformed();
  const operations: unknown = 'operations' in manifest ? manifest.operations : undefined;
  const entries: [unknown, unknown][] = Array.isArray(operations)
    ? operations.map((entry: { id?: unknown; body?: unknown } | null) => [entry?.id, entry?.body])
    : Object.entries(manifest);
  for (const [id, body] of entries) {
    if (typeof id !== 'string' || id === '' || typeof body !== 'string') throw malformed();
  }
  return entries as [string, string][];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
