/** `weft audit`: the checks of an audit over a folder; without `--record` no database is asked. */
import { Option, type Command } from 'commander';
import { runChecks, verdictOf, type AuditSubject, type CheckOutcome } from '../../subgraphs/audit-and-builds/index.js';
import { loadConfig, packageVersion } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { readAuditSubject, recordAudit, toSarif, type AuditFolderOptions, type RecordedCheck } from '../audit/index.js';
import { readCheckout } from '../checkout/index.js';
import { CommandFailed, type Terminal } from '../command.js';
import { connectToGraph } from '../graph-client/index.js';

interface AuditOptions extends AuditFolderOptions {
  readonly record?: true;
  readonly url?: string;
  readonly json?: true;
  readonly sarif?: true;
}

interface Outcome {
  readonly verdict: string;
  readonly filesChecked: number;
  readonly checks: readonly RecordedCheck[];
  /** Of the audit run; null when it was not recorded. */
  readonly auditRunId: string | null;
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
    .option('--record', 'record the audit in the graph, for the commit that the checkout is at')
    .option(
      '--url <url>',
      'the gateway to record it at; without it the one on HOST and PORT if it is up, else the configured store',
    )
    .option('--json', 'print the checks as JSON')
    .addOption(new Option('--sarif', 'print what was found as SARIF 2.1.0').conflicts(['record', 'json']))
    .addHelpText(
      'after',
      '\nExits with 1 when the verdict is not PASS. To record, the repository must be connected and the checkout clean.\n' +
        'A file .weft/audit.yaml in the checkout adds checks, and says what is left out and accepted.\n' +
        'Sends the token in WEFT_TOKEN to the gateway, and follows no redirect.',
    )
    .action(async (folder: string, options: AuditOptions) => {
      const subject = await readAuditSubject(folder, options);
      if (options.sarif === true) return sarif(subject, print);
      const outcome = options.record === true ? await record(folder, subject, options) : await judge(subject);
      if (options.json === true) print(JSON.stringify(outcome, null, 2));
      else for (const line of render(outcome)) print(line);
      if (outcome.verdict !== 'PASS') throw new CommandFailed();
    });
}

async function sarif(subject: AuditSubject, print: Terminal['print']): Promise<void> {
  const { checks, verdict } = await judge(subject);
  print(JSON.stringify(toSarif(checks, packageVersion()), null, 2));
  if (verdict !== 'PASS') throw new CommandFailed();
}

async function judge(subject: AuditSubject): Promise<Outcome & { readonly checks: readonly CheckOutcome[] }> {
  const faults: unknown[] = [];
  const checks = await runChecks(subject, { onFault: (error) => void faults.push(error) });
  if (faults.length > 0) throw faults[0];
  return { verdict: verdictOf(checks), filesChecked: subject.files.length, checks, auditRunId: null };
}

/** Judged by the graph, so that the contracts that it keeps count where the checkout has none. */
async function record(folder: string, subject: AuditSubject, { url }: AuditOptions): Promise<Outcome> {
  const config = loadConfig(undefined, { serves: false });
  const { facts } = await readCheckout(folder);
  const log = createLogger({ level: config.logLevel });
  const client = await connectToGraph({ config, log, url, token: config.token?.reveal() });
  try {
    const { id, overallResult, filesChecked, checks } = await recordAudit(client, facts, subject);
    return { verdict: overallResult, filesChecked, checks, auditRunId: id };
  } finally {
    await client.close();
  }
}

function* render({ verdict, filesChecked, checks, auditRunId }: Outcome): Generator<string> {
  for (const { code, name, result, detail } of checks) {
    yield `${result.padEnd(5)} ${code} ${name}`;
    for (const line of detail?.split('\n') ?? []) yield `      ${line}`;
  }
  yield `${verdict} over ${filesChecked} files${auditRunId === null ? '' : `, recorded as ${auditRunId}`}`;
}
