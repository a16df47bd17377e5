/** When evidence proves or refutes, in SQL: what the domain's `coveredNodes` says of one. */

/** Over the columns of `traceability.evidence` under `alias`. Never null. */
export function proves(alias: string): string {
  return `(${alias}.signature_verified is true and ${hasItsSignatures(alias)} and ${alias}.result is not distinct from 'PASS'
    and ${alias}.freshness is distinct from 'STALE')`;
}

/** Null for a row that an outer join made up. */
export function refutes(alias: string): string {
  return `(${alias}.signature_verified is false or ${alias}.result = 'FAIL' and ${alias}.freshness is distinct from 'STALE')`;
}

/** Evidence from before signers were counted bears one signature. */
export function hasItsSignatures(alias: string): string {
  return `coalesce(${alias}.signer_count, 1) >= ${alias}.signatures_required`;
}

/**
 * The verdict on the acceptance criterion under `alias`, from what current evidence says of it: FAIL by anybody, PASS by
 * evidence whose signatures hold, PENDING, else UNKNOWN. Never null.
 */
export function criterionResult(alias: string): string {
  return `coalesce((select case
      when bool_or(s.result = 'FAIL') then 'FAIL'
      when bool_or(s.result = 'PASS' and e.signature_verified is true and ${hasItsSignatures('e')}) then 'PASS'
      when bool_or(s.result = 'PENDING') then 'PENDING' end
    from traceability.criterion_statements s join traceability.evidence e on e.id = s.evidence_id
    where s.criterion_id = ${alias}.id and e.freshness is distinct from 'STALE'), 'UNKNOWN')`;
}
