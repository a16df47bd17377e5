import { uuidOfType } from '../../../kernel/ids/index.js';
import { userError } from '../../../kernel/errors/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { recordAccess, type RequestDependencies } from '../../operations/index.js';
import { checkTarget } from '../../../kernel/outbound/index.js';

type Access = Parameters<typeof recordAccess>[1];

interface Args extends Record<string, unknown> {
  readonly input: Omit<Access, 'jobId'> & { readonly scanJobId: string };
}

/** An outside scanner is held to the same rules as the built-in one, at every redirect that it reports. */
export function createScanAccessRecord(dependencies: RequestDependencies): FieldResolver<unknown, Args> {
  return async (_parent, { input: { scanJobId, ...access } }, ctx) => {
    const jobId = uuidOfType(scanJobId, 'ScanJob');
    const target = await checkTarget(access.urlAccessed, {
      ports: dependencies.settings.ports,
      resolve: dependencies.resolve,
    });
    if (!target.isAllowed) return { userErrors: userError('VALIDATION', 'urlAccessed', target.reason).userErrors };
    return recordAccess(ctx, { ...access, jobId, urlAccessed: target.url.href });
  };
}
