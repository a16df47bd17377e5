import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { removeSchedule } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly scheduleId: string };
}

export const scheduleRemove: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return removeSchedule(context, uuidOfType(input.scheduleId, 'Schedule'));
};
