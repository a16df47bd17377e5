/** The place in the feed after an event, as callers keep it: opaque text. */
import { RequestError } from '../errors/index.js';

/** Opaque: only this file knows what is inside. */
export type Cursor = string;

const form = /^weft:e1:(0|[1-9][0-9]{0,15})$/;

export function toCursor(position: number): Cursor {
  return Buffer.from(`weft:e1:${position}`).toString('base64url');
}

/** Throws CURSOR_INVALID when it is not one of ours. */
export function parseCursor(cursor: Cursor): number {
  const text = Buffer.from(cursor.slice(0, 64), 'base64url').toString('latin1');
  const position = Number(form.exec(text)?.[1] ?? Number.NaN);
  // Spelled exactly as it was given out, or base64's leniency would accept any number of spellings of one cursor.
  if (!Number.isSafeInteger(position) || toCursor(position) !== cursor) {
    throw new RequestError('CURSOR_INVALID', 'This is not a cursor of this feed. Start again without one.');
  }
  return position;
}

export function cursorAhead(): RequestError {
  return new RequestError(
    'CURSOR_INVALID',
    'This cursor is ahead of the feed: it comes from another database, or from before this one was restored.',
  );
}

export function cursorExpired(): RequestError {
  return new RequestError(
    'CURSOR_EXPIRED',
    'Events after this cursor are no longer kept. Read the current state, then follow from now on.',
  );
}
