/** `weft audit`: the checks of an audit over a folder, without a database. */
import type { Command } from 'commander';
import { runChecks, verdictOf } from '../../subgraphs/audit-and-builds/index.js';
import { readAuditSubject, type AuditFolderOptions } from '../audit/index.js';
import { CommandFailed, type Terminal } from '../command.js';

interface AuditOptions extends AuditFolderOptions {
  readonly json?: true;
}

export function configure(command: Command, { print }: Terminal): void {
  command
    .argument('<folder>', 'a checkout')
    .option(
      '--since <commit>',
      'judge the tests of what changed since this commit; without it everything counts as changed',
    )
    .option('--boundaries <file>', 'the boundaries contract, instead of contracts/boundaries.yaml, .yml, .json or .md')
    .option('--physics <file>', 'the physics contract, instead of contracts/physics.yaml, .yml, .json or .md')
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', '\nExits with 1 when the verdict is not PASS.')
    .action(async (folder: string, options: AuditOptions) => {
      const subject = await readAuditSubject(folder, options);
      const checks = runChecks(subject);
      const verdict = verdictOf(checks);
      if (options.json === true)
        print(JSON.stringify({ verdict, filesChecked: subject.files.length, checks }, null, 2));
      else {
        for (const { code, name, result, detail } of checks) {
          print(`${result.padEnd(5)} ${code} ${name}`);
          for (const line of detail?.split('\n') ?? []) print(`      ${line}`);
        }
        print(`${verdict} over ${subject.files.length} files`);
      }
      if (verdict !== 'PASS') throw new CommandFailed();
    });
}
