/** Who asks, and what each may see, said once more and by hand: nothing here is taken from the entity maps. */
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import type { Chance } from '../../testkit/chance.js';
import type { TestDatabase } from '../../testkit/index.js';

interface Owners {
  readonly owner: string | null;
  readonly worker: string | null;
}

/** `id`, the one whose row it is, and for jobs the worker who has it. Rows of all other types are everybody's who signs in. */
const ownersOf = `
  select 'Account:' || clerk_user_id as id, clerk_user_id as owner, null as worker from scanning.users
  union all select 'Wallet:' || id, user_id, null from scanning.wallets
  union all select 'CreditTransaction:' || c.id, w.user_id, null
    from scanning.credit_transactions c join scanning.wallets w on w.id = c.wallet_id
  union all select 'ScanJob:' || id, user_id, worker from scanning.scan_jobs
  union all select 'ScanResult:' || r.job_id, j.user_id, j.worker
    from scanning.scan_results r join scanning.scan_jobs j on j.id = r.job_id
  union all select 'ScanAuditLog:' || l.id, j.user_id, j.worker
    from scanning.audit_logs l join scanning.scan_jobs j on j.id = l.scan_job_id
  union all select 'AuditEntry:' || id, "user", null from traceability.audit_log`;

const everyScope = ['scanning:read', 'scanning:admin', 'scanning:work', 'audit:read', 'builds:write', 'evidence:write'];

export class Callers {
  private constructor(private readonly owners: ReadonlyMap<string, Owners>) {}

  static async of({ database }: TestDatabase): Promise<Callers> {
    const rows = await database.query<Owners & { id: string }>(ownersOf);
    return new Callers(new Map(rows.map(({ id, ...row }) => [id, row])));
  }

  /** Somebody who owns or works, or nobody known, with any of the scopes. */
  random(chance: Chance): Identity {
    const { owner, worker } = chance.of([...this.owners.values()]) ?? { owner: null, worker: null };
    const subject = chance.of([owner, owner, worker, 'nobody']) ?? 'somebody else';
    return Identity.of({ subject, scopes: everyScope.filter(() => chance.holds(0.25)) });
  }

  sees(caller: Identity, id: unknown): boolean {
    if (typeof id !== 'string') return true;
    const found = this.owners.get(id);
    if (found === undefined || caller.has(id.startsWith('AuditEntry:') ? 'audit:read' : 'scanning:admin')) return true;
    if (found.owner === caller.subject) return true;
    return found.worker === caller.subject && caller.has('scanning:work');
  }
}
