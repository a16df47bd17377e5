import type { Keyring } from '../../../kernel/encryption/index.js';
import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { recordCheck, type CheckInput } from '../../operations/connectors.js';

interface Args extends Record<string, unknown> {
  readonly input: CheckInput;
}

export function createConnectorCheckRecord(keyring: Keyring | null): FieldResolver<unknown, Args> {
  return (_root, { input }, context) => {
    return recordCheck(context, keyring, { ...input, connectorId: uuidOfType(input.connectorId, 'Connector') });
  };
}
