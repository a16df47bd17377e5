/** `Query.verifyAuditTrail`: seals what is committed, then checks every link. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import { entityLoader, type Row } from '../../kernel/read/index.js';
import { sealAuditTrail } from '../../kernel/write/index.js';
import { checkAnchor, type ChainAnchor, type ChainFault } from '../domain/audit-chain.js';
import { auditEntry } from '../entities.js';
import { findFirstFault, findHead, findLink } from '../repository/audit-chain.js';

interface Arguments {
  readonly fromSequence?: number | bigint | null;
  readonly anchor?: { readonly sequence: number | bigint; readonly entryHash: string } | null;
}

export async function verifyAuditTrail(_root: unknown, args: Arguments, context: RequestContext) {
  const from = toSequence('fromSequence', args.fromSequence ?? 1);
  const anchor = args.anchor == null ? null : toAnchor(args.anchor);
  await sealAuditTrail(context.database);
  const head = await findHead(context.db);
  const fault =
    (await findFirstFault(context.db, from)) ??
    (anchor && checkAnchor(anchor, await findLink(context.db, anchor.sequence)));
  const last = BigInt(head?.sequence ?? 0);
  return {
    isIntact: fault === null,
    entriesChecked: last < from ? 0n : last - from + 1n,
    head,
    firstFault: fault && toFault(fault),
  };
}

function toFault({ reason, sequence, entryKey }: ChainFault): Row {
  return { reason, sequence, entryKey, entryId: entryKey === null ? null : toGlobalId(auditEntry.type, entryKey) };
}

function toAnchor(anchor: NonNullable<Arguments['anchor']>): ChainAnchor {
  if (!/^[0-9a-f]{64}$/.test(anchor.entryHash))
    throw badInput('anchor.entryHash must be 64 lower-case hexadecimal digits.');
  return { sequence: toSequence('anchor.sequence', anchor.sequence), entryHash: anchor.entryHash };
}

function toSequence(name: string, value: number | bigint): bigint {
  const sequence = BigInt(value);
  if (sequence < 1n || sequence > 9_223_372_036_854_775_807n)
    throw badInput(`${name} must be 1 or more, and fit in 64 bits.`);
  return sequence;
}

const loadEntry = entityLoader(auditEntry, [auditEntry.key]);

export const auditFault = {
  entry: (fault: Row, _args: unknown, context: RequestContext, info: GraphQLResolveInfo): Promise<Row | null> | null =>
    fault['entryKey'] === null ? null : loadEntry([fault['entryKey']], context, info),
};
