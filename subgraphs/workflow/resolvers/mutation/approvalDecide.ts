import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { decideApproval, type DecideInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: DecideInput;
}

export const approvalDecide: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return decideApproval(ctx, { ...input, approvalRequestId: uuidOfType(input.approvalRequestId, 'ApprovalRequest') });
};
