/** One condition on the caller, as `@authenticated` or `@requiresScopes` states it. An element may have several: all must hold. */
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';

export interface Clause {
  /** Equal keys, equal clauses. */
  readonly key: string;
  /** Any of these lists suffices, with all its scopes. Null: to be authenticated suffices. */
  readonly scopes: readonly (readonly string[])[] | null;
}

export const authenticatedClause: Clause = { key: 'authenticated', scopes: null };

export function scopesClause(scopes: readonly (readonly string[])[]): Clause {
  const lists = scopes.map((list) => [...new Set(list)].sort());
  const key = `scopes ${JSON.stringify(lists.map((list) => JSON.stringify(list)).sort())}`;
  return { key, scopes: lists };
}

export function satisfies(identity: Identity, { scopes }: Clause): boolean {
  if (!identity.isAuthenticated) return false;
  return scopes === null || scopes.some((list) => list.every((scope) => identity.has(scope)));
}

export function distinct(clauses: Iterable<Clause>): Clause[] {
  return [...new Map([...clauses].map((clause) => [clause.key, clause])).values()];
}

/** What the caller is told at the place of `clauses`, of which at least one doesn't hold. */
export function denial(identity: Identity, clauses: readonly Clause[]): RequestError {
  const scopes = clauses.find((clause) => clause.scopes !== null && !satisfies(identity, clause))?.scopes;
  const extensions = scopes == null ? {} : { requiredScopes: scopes };
  if (!identity.isAuthenticated) {
    return new RequestError('UNAUTHENTICATED', 'Sign in: this needs an authenticated caller.', { extensions });
  }
  const asked = (scopes ?? []).map((list) => list.join(' and ')).join(', or ');
  return new RequestError('FORBIDDEN', `This needs the scope ${asked}.`, { extensions });
}
