import type { FieldResolver } from '../../../kernel/read/index.js';
import { savePolicy, type PolicyInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: PolicyInput;
}

export const approvalPolicySave: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return savePolicy(ctx, input);
};
