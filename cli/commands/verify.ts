/** `weft verify`: a bundle of the audit trail against checkpoints that were kept outside, with neither graph nor database. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { parseVerifierKey, renderReport, verifyBundle } from '../../verifier/index.js';
import { CommandFailed, type Terminal } from '../command.js';
import { printable } from '../graph-client/index.js';
import { readNamedFile } from '../named-file.js';

interface VerifyOptions {
  readonly checkpoint?: readonly string[];
  readonly key?: readonly string[];
  readonly json?: true;
}

export function configure(command: Command, { print, printError }: Terminal): void {
  command
    .argument('<bundle>', 'a file that weft trail export wrote')
    .option('--checkpoint <file...>', 'checkpoints that were kept outside of the system')
    .option('--key <key...>', 'verifier keys of the log (name+id+key), or files with one')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExits with 1 when anything is wrong. The same is done by verifier/main.js, which needs nothing of Weft.',
    )
    .action(async (bundle: string, { checkpoint = [], key = [], json }: VerifyOptions) => {
      if (!existsSync(bundle)) throw new StartupError(`The bundle ${bundle} can't be read: there is no such file.`);
      const checkpoints = await Promise.all(checkpoint.map((file) => readNamedFile(file, '--checkpoint')));
      const keys = await Promise.all(key.map(readKey));
      // Opened last: lines that come before anybody listens are lost.
      const report = await verifyBundle(createInterface({ input: createReadStream(bundle, 'utf8') }), {
        checkpoints,
        keys,
        onProgress: (entries, size) => printError(`${entries} of ${size} entries`),
      });
      if (json === true) print(JSON.stringify(report, null, 2));
      else for (const line of renderReport(report)) print(printable(line));
      if (report.faults.length > 0) throw new CommandFailed();
    });
}

async function readKey(key: string) {
  const text = existsSync(key) ? await readNamedFile(key, '--key') : key;
  try {
    return parseVerifierKey(text);
  } catch (error) {
    throw new StartupError(`--key can't be used: ${(error as Error).message}.`);
  }
}
