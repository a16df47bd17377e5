/** What a verification of the audit trail says. */

export type AuditFaultReason =
  'ENTRY_CHANGED' | 'ENTRY_MISSING' | 'ENTRY_NOT_SEALED' | 'SEAL_CHANGED' | 'SEQUENCE_GAP' | 'ANCHOR_MISMATCH';

export interface ChainLink {
  readonly sequence: number | bigint;
  /** Of the entry that it seals. */
  readonly entryKey: string;
  readonly previousHash: string;
  readonly entryHash: string;
  readonly sealedAt: string;
}

export interface ChainFault {
  readonly reason: AuditFaultReason;
  /** Null for an entry that was never sealed. */
  readonly sequence: number | bigint | null;
  readonly entryKey: string | null;
}

/** A link that was noted at an earlier verification, outside of the database. */
export interface ChainAnchor {
  readonly sequence: bigint;
  readonly entryHash: string;
}

/** A chain that fits in itself and not with a noted link was rewritten from some link at or before it. */
export function checkAnchor(anchor: ChainAnchor, link: ChainLink | null): ChainFault | null {
  if (link?.entryHash === anchor.entryHash) return null;
  return { reason: 'ANCHOR_MISMATCH', sequence: anchor.sequence, entryKey: link?.entryKey ?? null };
}
