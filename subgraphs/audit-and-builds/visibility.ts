/** Who sees what of this domain. */
import type { Identity } from '../kernel/auth/index.js';
import type { Visibility } from '../kernel/read/index.js';

/** Audits and builds are the whole organisation's: every known caller reads them, scopes say who changes them. */
export const visible = (auth: Identity): Visibility => (auth.isAuthenticated ? 'all' : 'none');
