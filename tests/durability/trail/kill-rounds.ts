/**
 * Kills a process between commit, seal, tree and checkpoint, again and again, and holds every checkpoint that it left outside
 * against the trail. A hundred rounds: `tsx tests/durability/trail/main.ts 100`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../../subgraphs/kernel/db/index.js';
import { openDatabase } from '../../../subgraphs/kernel/db/index.js';
import {
  generateNoteKey,
  isSignedBy,
  listCheckpoints,
  parseCheckpoint,
  parseNoteSigner,
  readRoots,
  readTreeSize,
} from '../../../subgraphs/kernel/trail/index.js';
import { startProgram } from '../../testkit/child-process.js';
import { seeded } from '../../testkit/seeded.js';
import { quietLog } from '../../testkit/server.js';

export interface KillRounds {
  readonly rounds: number;
  /** Where checkpoints go. */
  readonly folder: string;
  /** A data folder, or the address of a database. */
  readonly place: string;
  readonly onRound?: (round: number, checkpoints: number, size: number) => void;
}

export interface KillOutcome {
  readonly checkpoints: number;
  readonly size: number;
  /** Heads that contradict the trail or each other; none is what has to come out. */
  readonly contradictions: readonly string[];
}

export async function killRounds({ rounds, folder, place, onRound }: KillRounds): Promise<KillOutcome> {
  const key = generateNoteKey('kill.example/audit');
  const random = seeded(16);
  /** Every head that was ever seen outside, by its size. */
  const seen = new Map<number, string>();
  const contradictions: string[] = [];
  let size = 0;
  for (let round = 1; round <= rounds; round++) {
    const program = startProgram(['tests', 'durability', 'trail', 'trail-writer.fixture.ts'], [key, folder, place]);
    const { value } = (await program.lines.next()) as { value: string | undefined };
    if (value !== 'open') throw new Error((await program.ended).errors);
    for (let changes = Math.floor(random() * 12); changes > 0; changes--) await program.lines.next();
    await new Promise((resolve) => setTimeout(resolve, random() * 15));
    await program.kill();
    const { errors } = await program.ended;
    if (errors !== '') contradictions.push(`round ${round}: ${errors}`);
    const database = await openDatabase({
      log: quietLog,
      ...(place.includes('://') ? { url: place } : { dataDir: place }),
    });
    try {
      size = await readTreeSize(database);
      contradictions.push(...(await findContradictions(database, { folder, key, seen, size })));
    } finally {
      await database.close();
    }
    onRound?.(round, seen.size, size);
  }
  return { checkpoints: seen.size, size, contradictions };
}

async function findContradictions(
  database: Database,
  {
    folder,
    key,
    seen,
    size,
  }: { readonly folder: string; readonly key: string; readonly seen: Map<number, string>; readonly size: number },
): Promise<string[]> {
  const { verifierKey } = parseNoteSigner(key);
  const kept = join(folder, 'checkpoints');
  // A draft is left where a process died while it wrote one: it is under another name, and nobody reads it.
  const names = existsSync(kept) ? readdirSync(kept).filter((name) => /^\d+$/.test(name)) : [];
  const outside = names.map((name) => ({ name, note: readFileSync(join(kept, name), 'utf8') }));
  const stored = (await listCheckpoints(database, 100_000)).map(({ size: of, note }) => ({ name: String(of), note }));
  const found: string[] = [];
  for (const { name, note } of [...outside, ...stored]) {
    const head = parseCheckpoint(note);
    const root = Buffer.from(head?.root ?? []).toString('base64');
    if (head === null || String(head.size) !== name || !isSignedBy(note, [verifierKey]))
      found.push(`${name}: it is not whole`);
    else if ((seen.get(head.size) ?? root) !== root) found.push(`${name}: there are two heads of this size`);
    else if (head.size > size) found.push(`${name}: the trail has ${size} entries`);
    else seen.set(head.size, root);
  }
  const sizes = [...seen.keys()].filter((each) => each <= size);
  const roots = sizes.length === 0 ? [] : await readRoots(database, size, sizes);
  sizes.forEach((each, n) => {
    if (Buffer.from(roots[n] ?? []).toString('base64') !== seen.get(each))
      found.push(`${each}: the tree has another root`);
  });
  return found;
}
