/** Bytes to text: UTF-8, or nothing. */
import { ExtractionError } from '../domain/extracted-evidence.js';

export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ExtractionError('The file is not valid UTF-8.');
  }
}
