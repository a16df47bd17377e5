/** `weft seed`: the demo company. */
import type { Command } from 'commander';
import { seed } from '../../prisma/seed.js';
import { prepareDatabase } from '../../subgraphs/kernel/db/index.js';
import type { Terminal } from '../command.js';
import { withDatabase } from '../configured-database.js';

export function configure(command: Command, { print }: Terminal): void {
  command.action(() =>
    withDatabase(async (database) => {
      await prepareDatabase(database);
      const { seeded } = await seed(database);
      print(seeded ? 'the demo company is in' : 'left as it is: the database already holds repositories');
    }),
  );
}
