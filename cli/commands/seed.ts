/** `weft seed`: the demo company, small or with enough beside it to measure by. */
import { Option, type Command } from 'commander';
import { seed, seedSizes, type SeedProgress, type SeedSize } from '../../prisma/seed.js';
import { prepareDatabase } from '../../subgraphs/kernel/db/index.js';
import type { Terminal } from '../command.js';
import { withDatabase } from '../configured-database.js';

export function configure(command: Command, { print }: Terminal): void {
  command
    .addOption(
      new Option('--size <size>', 'small: the story alone; medium: about 70,000 rows; large: above 1,000,000 rows')
        .choices(seedSizes)
        .default('small'),
    )
    .addHelpText(
      'after',
      '\nThe data are the same on every machine. A database that holds data is left as it is.\n' +
        'A large one takes some minutes; cut off, it leaves nothing.',
    )
    .action(({ size }: { size: SeedSize }) =>
      withDatabase(async (database) => {
        await prepareDatabase(database);
        const startedAt = performance.now();
        const { seeded, rows } = await seed(database, { size, onProgress: reporter(print) });
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
        if (!seeded)
          return print('left as it is: the database already holds data, and the demo goes into an empty one');
        print(`the demo company is in: ${rows.toLocaleString('en')} rows in ${seconds} s`);
      }),
    );
}

/** A line for each tenth of the way; the story alone is over before there is anything to tell. */
function reporter(print: Terminal['print']): (progress: SeedProgress) => void {
  let tenth = 0;
  return ({ done, of, rows }) => {
    const reached = Math.floor((done * 10) / of);
    if (reached === tenth || of === 1) return;
    tenth = reached;
    print(
      `${String(reached * 10).padStart(3)} %  ${done} of ${of} repositories' chapters, ${rows.toLocaleString('en')} rows`,
    );
  };
}
