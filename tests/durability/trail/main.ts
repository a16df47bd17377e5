/** `tsx tests/durability/trail/main.ts [rounds] [database URL]`: kill -9 rounds on an embedded store, or on a database that is empty. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRounds } from './kill-rounds.js';

const [rounds = '100', url] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'weft-trail-kill-'));
try {
  const outcome = await killRounds({
    rounds: Number(rounds),
    folder: join(folder, 'outside'),
    place: url ?? join(folder, 'store'),
    onRound: (round, checkpoints, size) => console.log(`round ${round}: ${checkpoints} heads, ${size} entries`),
  });
  for (const contradiction of outcome.contradictions) console.log(contradiction);
  console.log(
    `${outcome.checkpoints} heads of ${outcome.size} entries, ${outcome.contradictions.length} contradictions`,
  );
  process.exitCode = outcome.contradictions.length === 0 && outcome.checkpoints > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
