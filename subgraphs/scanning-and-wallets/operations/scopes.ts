/** Permissions that one of two scopes gives. */
import type { Identity } from '../../kernel/auth/index.js';

/** Throws FORBIDDEN without `scanning:admin` and without `scope`. Answers whether the caller is an administrator. */
export function requireOrAdmin(auth: Identity, scope: 'scanning:work' | 'scanning:write'): boolean {
  const isAdmin = auth.has('scanning:admin');
  if (!isAdmin) auth.require(scope);
  return isAdmin;
}
