/** `weft worker`: does the work that waits in the database. */
import type { Command } from 'commander';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import type { Terminal } from '../command.js';
import { lazyAsk } from '../graph/ask.js';
import { startWork } from '../graph/domain-work.js';
import { domains } from '../graph/domains.js';
import { openStore } from '../graph/services.js';
import { Started } from '../graph/started.js';
import { untilStopped } from '../graph/until-stopped.js';

/** What can be worked on, by the option that asks for it. */
const workers = [...domains.values()].flatMap((domain) =>
  Object.entries(domain.workers ?? {}).map(([name, { description }]) => ({ name, description, domain })),
);

export function configure(command: Command, terminal: Terminal): void {
  for (const { name, description } of workers) command.option(`--${name}`, description);
  command
    .addHelpText(
      'after',
      '\nAny number of workers may run at once, on DATABASE_URL. It ends when its jobs under way are done.',
    )
    .action(async (options: Readonly<Record<string, true | undefined>>) => {
      const asked = workers.filter(({ name }) => options[name] === true);
      if (asked.length === 0) {
        const names = new Intl.ListFormat('en', { type: 'disjunction' }).format(
          workers.map(({ name }) => `'--${name}'`),
        );
        command.error(`error: option ${names} not specified`);
      }
      await work(asked, terminal);
    });
}

async function work(asked: typeof workers, { print }: Terminal): Promise<void> {
  const config = loadConfig(undefined, { serves: false });
  const log = createLogger({ level: config.logLevel, name: 'weft-worker' });
  const names = new Set(asked.map(({ name }) => name));
  const started = new Started();
  try {
    const store = await openStore(config, log);
    started.add(() => store.close());
    const ofDomains = new Set(asked.map(({ domain }) => domain));
    const { database } = store;
    const ask = lazyAsk({ config, database, log }, started);
    await startWork(ofDomains, { config, database, log, ask }, started, (name) => names.has(name));
    print(`Weft works on ${[...names].join(' and ')}`);
    await untilStopped();
  } finally {
    await started.end();
  }
}
