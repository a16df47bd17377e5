/** `Query.verifyAuditTrail`: seals what is committed, then checks the links of one part of the chain. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import { entityLoader, type Row } from '../../kernel/read/index.js';
import { sealAuditTrail } from '../../kernel/write/index.js';
import { checkAnchor, type ChainAnchor, type ChainFault } from '../domain/audit-chain.js';
import { auditEntry } from '../entities.js';
import { findFirstFault, findHead, findLink, findPart, type ChainPart } from '../repository/audit-chain.js';

/** A link takes about 10 µs of the database: a part takes half a second at most. */
const maxLinks = 50_000;
/** An entry takes about 80 µs. What is left after that is sealed in the background, as after every commit. */
const maxEntriesSealed = 10_000;

type AnchorInput = { readonly sequence: number | bigint; readonly entryHash: string } | null;

interface Arguments {
  readonly fromSequence?: number | bigint | null;
  readonly after?: AnchorInput;
  readonly first?: number | null;
  readonly anchor?: AnchorInput;
}

export async function verifyAuditTrail(_root: unknown, args: Arguments, context: RequestContext) {
  const { from, first, after, anchor } = toRange(args);
  await sealAuditTrail(context.database, { maxEntries: maxEntriesSealed });
  const head = await findHead(context.db);
  const to = BigInt(head?.sequence ?? 0);
  const part: ChainPart = to < from ? { links: 0, last: null } : await findPart(context.db, { from, to, first });
  const fault =
    (after && (await findAnchorFault(context, after))) ??
    (part.last === null ? null : await findFirstFault(context.db, { from, to: part.last })) ??
    (anchor && (await findAnchorFault(context, anchor)));
  return {
    isIntact: fault === null,
    entriesChecked: part.links,
    // An empty part goes on where it began, for a caller who comes again when there is more.
    verifiedTo: fault === null ? await findLink(context.db, part.last ?? from - 1n) : null,
    isComplete: part.last === null || part.last === to,
    head,
    firstFault: fault && toFault(fault),
  };
}

function toRange(args: Arguments) {
  if (args.fromSequence != null && args.after != null) throw badInput('Give fromSequence or after, not both.');
  const first = args.first ?? maxLinks;
  if (first < 1 || first > maxLinks) throw badInput(`first must be 1 to ${maxLinks}, got ${first}.`);
  const after = toAnchor('after', args.after);
  const from = after === null ? toSequence('fromSequence', args.fromSequence ?? 1) : after.sequence + 1n;
  return { from, first, after, anchor: toAnchor('anchor', args.anchor) };
}

async function findAnchorFault({ db }: RequestContext, anchor: ChainAnchor): Promise<ChainFault | null> {
  return checkAnchor(anchor, await findLink(db, anchor.sequence));
}

function toFault({ reason, sequence, entryKey }: ChainFault): Row {
  return { reason, sequence, entryKey, entryId: entryKey === null ? null : toGlobalId(auditEntry.type, entryKey) };
}

function toAnchor(name: string, anchor: AnchorInput | undefined): ChainAnchor | null {
  if (anchor == null) return null;
  if (!/^[0-9a-f]{64}$/.test(anchor.entryHash))
    throw badInput(`${name}.entryHash must be 64 lower-case hexadecimal digits.`);
  return { sequence: toSequence(`${name}.sequence`, anchor.sequence), entryHash: anchor.entryHash };
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
