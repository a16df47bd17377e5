import type { Keyring } from '../../../kernel/encryption/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveConnector, type ConnectorInput } from '../../operations/connectors.js';

interface Args extends Record<string, unknown> {
  readonly input: ConnectorInput;
}

export function createConnectorSave(keyring: Keyring | null): FieldResolver<unknown, Args> {
  return (_root, { input }, context) => {
    return saveConnector(context, keyring, input);
  };
}
