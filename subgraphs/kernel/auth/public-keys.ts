/** Reads a set of public keys from text that somebody else wrote. */
import type { JSONWebKeySet } from 'jose';
import { StartupError } from '../errors/index.js';

/**
 * Throws StartupError when the text is not a set of public keys: a private or symmetric key there is a mistake worth
 * stopping for. `source` is who said it, as the subject of a sentence.
 */
export function parsePublicKeys(text: string, source: string): JSONWebKeySet {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new StartupError(`${source} is not JSON.`, { cause: error });
  }
  if (!isKeySet(parsed)) throw new StartupError(`${source} is not a JSON Web Key Set: expected {"keys": [...]}.`);
  for (const key of parsed.keys) {
    if (key.kty === 'oct' || key.d !== undefined) {
      throw new StartupError(`${source} holds a private or symmetric key; only public keys belong there.`);
    }
  }
  return parsed;
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return (
    typeof value === 'object' &&
    value !== null &&
    'keys' in value &&
    Array.isArray(value.keys) &&
    value.keys.every(
      (key) => typeof key === 'object' && key !== null && typeof (key as { kty?: unknown }).kty === 'string',
    )
  );
}
