/** The paging arguments of a connection, checked. */
import { badInput } from '../errors/index.js';
import type { RequestedOrder } from './ordering.js';

export const defaultPageSize = 20;
export const maxPageSize = 100;

export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly orderBy?: RequestedOrder | null;
}

export interface Page {
  readonly size: number;
  /** True for `last`: the page is read from the list's end. */
  readonly backward: boolean;
  readonly after: string | null;
  readonly before: string | null;
}

/** Throws BAD_USER_INPUT for a size outside 1–100 and for `first` with `last`, whose meaning the Relay specification leaves open. */
export function checkPage(input: ConnectionArguments): Page {
  const { first = null, last = null, after = null, before = null } = input;
  if (first !== null && last !== null) throw badInput('Give first or last, not both.');
  const size = first ?? last ?? defaultPageSize;
  if (!Number.isInteger(size) || size < 1 || size > maxPageSize) {
    throw badInput(`${last === null ? 'first' : 'last'} must be 1 to ${maxPageSize}, got ${size}.`);
  }
  return { size, backward: last !== null, after, before };
}
