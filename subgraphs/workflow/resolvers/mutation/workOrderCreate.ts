import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { createOrder, type OrderInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: OrderInput;
}

export const workOrderCreate: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const items = input.items.map((item) => ({
    ...item,
    documentSchemaId: item.documentSchemaId == null ? null : uuidOfType(item.documentSchemaId, 'DocumentSchema'),
  }));
  return createOrder(ctx, { ...input, items });
};
