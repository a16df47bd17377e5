/** Reads a file that the operator named. */
import { readFile } from 'node:fs/promises';
import { StartupError } from '../subgraphs/kernel/errors/index.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

/** `what` says in a message what the file is for. Throws a StartupError. */
export async function readNamedFile(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new StartupError(`${what} ${file} can't be read: ${reasons[code] ?? code}.`, { cause: error });
  }
}

/** The keys of a JSON Web Key Set, not yet examined. Throws a StartupError. */
export async function readKeySet(file: string, what: string): Promise<object[]> {
  const text = await readNamedFile(file, what);
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)) return keys as object[];
  } catch {
    // not JSON: said below
  }
  throw new StartupError(`${what} ${file} is no JSON Web Key Set: expected {"keys": [{"kty": …}]}.`);
}
