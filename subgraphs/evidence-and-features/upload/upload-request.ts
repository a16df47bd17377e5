/** An upload as it arrives, and why it is refused. */
import type { Readable } from 'node:stream';
import type { Identity } from '../../kernel/auth/index.js';

export interface UploadRequest {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as it arrives. */
  readonly body: Readable;
  authenticate(): Promise<Identity>;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Set when part of the body was left unread: the connection can't serve another request. */
  readonly isUnread?: boolean;
}
