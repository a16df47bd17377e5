/** `weft rotate-key`: every stored secret under the current key. */
import type { Command } from 'commander';
import { rotateTokens } from '../../subgraphs/audit-and-builds/index.js';
import { Keyring } from '../../subgraphs/kernel/encryption/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { prepareDatabase } from '../../subgraphs/kernel/db/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { rotateSecrets } from '../../subgraphs/workflow/index.js';
import { CommandFailed, type Terminal } from '../command.js';
import { withDatabase } from '../configured-database.js';
import { encryptionKeys } from '../graph/encryption-keys.js';

export function configure(command: Command, { print, printError }: Terminal): void {
  command
    .addHelpText(
      'after',
      '\nSet the new key as WEFT_ENCRYPTION_KEY and the old one as WEFT_ENCRYPTION_KEY_PREVIOUS, restart what serves, run this,' +
        '\nthen drop the old one. It may run beside what serves, and again after it was cut off.',
    )
    .action(async () => {
      const keys = encryptionKeys(loadConfig(undefined, { serves: false }));
      if (keys === null) throw new StartupError('WEFT_ENCRYPTION_KEY is not set: there is no key to encrypt with.');
      await withDatabase(async (database) => {
        await prepareDatabase(database);
        const keyring = new Keyring(keys);
        const tokens = await rotateTokens(database, keyring);
        const secrets = await rotateSecrets(database, keyring);
        print(describe(tokens.rotated, secrets.rotated));
        for (const login of tokens.unreadable)
          printError(`weft: no key at hand opens the token of ${login}: register it anew`);
        for (const connector of secrets.unreadable)
          printError(`weft: no key at hand opens the secrets of connector ${connector}: save them anew`);
        if (tokens.unreadable.length + secrets.unreadable.length > 0) throw new CommandFailed();
      });
    });
}

function describe(tokens: number, connectors: number): string {
  if (tokens + connectors === 0) return 'nothing to rotate';
  const parts = [
    `${tokens} ${tokens === 1 ? 'token' : 'tokens'}`,
    ...(connectors === 0 ? [] : [`the secrets of ${connectors} ${connectors === 1 ? 'connector' : 'connectors'}`]),
  ];
  return `rotated ${parts.join(' and ')}`;
}
