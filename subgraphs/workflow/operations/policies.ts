/** Approval policies: each save is a version of its own, so that a decision keeps the rules under which it was taken. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { templateLimits } from '../domain/template-spec.js';
import { insertPolicy } from '../repository/index.js';

export interface PolicyInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly maxLevel: number;
  readonly escalateAfterSeconds?: number | null | undefined;
}

/** Two at once would make the same version. */
const constraints = {
  approval_policies_pkey: userError('CONFLICT', 'name', 'Another version was saved at this moment. Try again.'),
};

export function savePolicy(writer: Writer, input: PolicyInput): Promise<Written<{ approvalPolicy: string }>> {
  return write(writer, { operation: 'approvalPolicySave', constraints }, async (tx) => {
    const { description = null, maxLevel, escalateAfterSeconds = null } = input;
    const name = input.name.trim();
    // The name is part of the policy's id, before the @.
    if (!/^[^@\s][^@]{0,199}$/.test(name))
      throw userError('VALIDATION', 'name', 'name must have 1 to 200 characters, without @.');
    if (maxLevel < 1 || maxLevel > templateLimits.approvalLevel)
      throw userError('VALIDATION', 'maxLevel', `maxLevel must be 1 to ${templateLimits.approvalLevel}.`);
    if (escalateAfterSeconds !== null && (escalateAfterSeconds < 1 || escalateAfterSeconds > templateLimits.seconds))
      throw userError('VALIDATION', 'escalateAfterSeconds', `Expected 1 to ${templateLimits.seconds} seconds.`);
    if ((description ?? '').length > 2_000)
      throw userError('VALIDATION', 'description', 'description may have 2000 characters.');
    const version = await insertPolicy(tx, { name, description, maxLevel, escalateAfterSeconds });
    const approvalPolicy = `${name}@${version}`;
    tx.record({
      type: 'ApprovalPolicy',
      key: approvalPolicy,
      action: 'approvalPolicySaved',
      details: { version, maxLevel, escalateAfterSeconds },
    });
    return { approvalPolicy };
  });
}
