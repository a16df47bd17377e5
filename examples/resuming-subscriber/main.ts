/** A service that keeps a journal of every change in the graph, and goes on where it was after a crash of its own or of the gateway. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { followChanges, Refused } from './follow-changes.js';
import { Journal } from './journal.js';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
    journal: { type: 'string', default: 'changes.ndjson' },
    'token-file': { type: 'string' },
    type: { type: 'string', multiple: true },
  },
});

const longestPauseMs = 30_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function follow(journal: Journal): Promise<void> {
  const tokenFile = values['token-file'];
  const changes = followChanges({
    url: values.url,
    after: journal.cursor,
    types: values.type,
    // Read each time: a token that has expired ends the stream, and a fresh one lies there.
    token: tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim(),
    onFollowing: () => print(`following ${journal.cursor === null ? 'from now on' : `after ${journal.cursor}`}`),
  });
  for await (const change of changes) {
    journal.append(change);
    print(`${change.occurredAt} ${change.action} ${change.entityId}`);
  }
}

const journal = new Journal(values.journal);
for (let failures = 0; ;) {
  const before = journal.cursor;
  try {
    await follow(journal);
    print('the stream ended');
  } catch (error) {
    if (error instanceof Refused) {
      print(`stopped, ${error.message}`);
      process.exitCode = 1;
      break;
    }
    print(error instanceof Error ? error.message : String(error));
  }
  failures = journal.cursor === before ? failures + 1 : 1;
  await sleep(Math.min(longestPauseMs, 250 * 2 ** failures));
}
journal.close();
