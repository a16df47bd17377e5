import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { cancelOrder } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly workOrderId: string };
}

export const workOrderCancel: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return cancelOrder(ctx, uuidOfType(input.workOrderId, 'WorkOrder'));
};
