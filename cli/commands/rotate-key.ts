/** `weft rotate-key`: every stored secret under the current key. */
import type { Command } from 'commander';
import { encryptionKeys, Keyring } from '../../subgraphs/kernel/encryption/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { prepareDatabase } from '../../subgraphs/kernel/db/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { CommandFailed, type Terminal } from '../command.js';
import { withDatabase } from '../configured-database.js';
import { domains } from '../graph/domains.js';

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
        const rotated: string[] = [];
        let isLost = false;
        for (const { secrets } of domains.values()) {
          if (secrets === undefined) continue;
          const rotation = await secrets.rotate(database, keyring);
          if (rotation.rotated > 0) rotated.push(secrets.count(rotation.rotated));
          for (const name of rotation.unreadable) printError(`weft: ${secrets.lost(name)}`);
          isLost ||= rotation.unreadable.length > 0;
        }
        print(rotated.length === 0 ? 'nothing to rotate' : `rotated ${new Intl.ListFormat('en').format(rotated)}`);
        if (isLost) throw new CommandFailed();
      });
    });
}
