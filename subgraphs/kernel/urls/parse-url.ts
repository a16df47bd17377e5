/**
 * A URL, or null. `URL.canParse` is not asked: once it is hot, Node 20 reads its text as bytes and refuses names such as
 * `bücher.example` (nodejs/node: the fast path takes Latin-1 for UTF-8).
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
