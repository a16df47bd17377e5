/** What is kept of a page: its hash and its media type, never the page. */
import { userError } from '../../kernel/errors/index.js';

const hashPattern = /^[0-9a-f]{64}$/;
const mediaTypePattern = /^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60}$/;

/** Throws VALIDATION unless `hash` is a SHA-256 in 64 lower-case hex digits. */
export function assertContentHash(hash: string, field = 'contentHash'): void {
  if (!hashPattern.test(hash))
    throw userError('VALIDATION', field, `${field} must be 64 lower-case hex digits (SHA-256).`);
}

/** `Text/HTML; charset=utf-8` → `text/html`; null when it is no media type. */
export function toMediaType(contentType: string | null | undefined): string | null {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return type !== undefined && mediaTypePattern.test(type) ? type : null;
}

/** How a body of this type is scored: as a page, as text, as a download by its facts alone, or not at all. */
export type ContentKind = 'page' | 'text' | 'download' | 'refused';

const pageTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml']);
const refusedTypes = /^(audio|font|image|video)\//;
const textTypes = /^text\/|[/+](json|xml)$|\/(javascript|ecmascript)$/;

/** A body without a type is read as a page, because browsers do. */
export function contentKindOf(mediaType: string | null): ContentKind {
  if (mediaType === null || pageTypes.has(mediaType)) return 'page';
  // An image of this type runs scripts.
  if (mediaType === 'image/svg+xml') return 'page';
  if (refusedTypes.test(mediaType)) return 'refused';
  return textTypes.test(mediaType) ? 'text' : 'download';
}
