/** What a page's server answered. */
import type { Certificate, ContentKind } from '../domain/index.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Where a redirect leads, as the server wrote it; null when it is none. */
  readonly location: string | null;
  readonly mediaType: string | null;
  readonly kind: ContentKind;
  /** Null for a redirect, whose body nobody sees. */
  readonly body: Buffer | null;
  readonly certificate: Certificate | null;
}
