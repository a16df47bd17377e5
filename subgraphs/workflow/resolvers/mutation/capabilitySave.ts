import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveCapability, type CapabilityInput } from '../../operations/tools.js';

interface Args extends Record<string, unknown> {
  readonly input: CapabilityInput;
}

export const capabilitySave: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return saveCapability(context, input);
};
