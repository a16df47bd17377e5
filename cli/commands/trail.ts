/** `weft trail`: keys, checkpoints and bundles of the audit trail, for who keeps proofs of it elsewhere. */
import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { generateNoteKey, parseNoteSigner } from '../../subgraphs/kernel/trail/index.js';
import type { Terminal } from '../command.js';
import { connectToGraph, type GraphClient } from '../graph-client/index.js';

interface GraphOptions {
  readonly url?: string;
  readonly token?: string;
}

interface ExportOptions extends GraphOptions {
  readonly output: string;
  readonly repository?: string;
  readonly from?: string;
  readonly to?: string;
  readonly consistentWith?: readonly string[];
}

export function configure(command: Command, { print, printError }: Terminal): void {
  command
    .command('key')
    .description('Makes a key that signs checkpoints: the private one to standard output, the public one beside it.')
    .requiredOption('--name <origin>', 'what the log is called, such as weft.example.com/audit: it never changes')
    .action(({ name }: { name: string }) => {
      const key = generateNoteKey(name);
      print(key);
      printError(`Set it as WEFT_TRAIL_KEY. Who verifies is given: ${parseNoteSigner(key).verifierKey}`);
    });
  withGraph(command.command('checkpoint'))
    .description('Signs a checkpoint of all that is sealed now, and prints it.')
    .action(async (options: GraphOptions) => {
      await onGraph(options, async (client) => {
        const { auditCheckpointCreate: made } = await client.request<Checkpointed>(checkpointOperation, {});
        const [error] = made.userErrors;
        if (error !== undefined) throw new StartupError(error.message);
        print(made.auditCheckpoint?.note.trimEnd() ?? '');
      });
    });
  withGraph(command.command('export'))
    .description('Writes a bundle that weft verify checks.')
    .requiredOption('--output <file>', 'where to, anew')
    .option('--repository <owner/name>', 'only what belongs to this repository')
    .option('--from <moment>', 'only from then on (RFC 3339)')
    .option('--to <moment>', 'only before')
    .option('--consistent-with <size...>', 'sizes of checkpoints that it has to be joined to')
    .action(async ({ output, ...options }: ExportOptions) => {
      await onGraph(options, async (client) => {
        const file = await open(output, 'wx').catch((error: unknown) => {
          throw new StartupError(
            `--output ${output} can't be written: ${(error as NodeJS.ErrnoException).code ?? ''}.`,
          );
        });
        try {
          const { entries, size } = await writeBundle(client, options, (text) => file.write(text), printError);
          print(`${output}  ${entries} of ${size} entries`);
        } finally {
          await file.close();
        }
      });
    });
}

function withGraph(command: Command): Command {
  return command
    .option('--url <url>', 'the gateway; when left out, the one on HOST and PORT, or else the store itself')
    .option('--token <token>', 'bearer token; WEFT_TOKEN when left out');
}

async function onGraph({ url, token }: GraphOptions, run: (client: GraphClient) => Promise<void>): Promise<void> {
  const config = loadConfig(undefined, { serves: false });
  const client = await connectToGraph({ config, log: createLogger({ level: config.logLevel }), url, token });
  try {
    await run(client);
  } finally {
    await client.close();
  }
}

interface Checkpointed {
  readonly auditCheckpointCreate: {
    readonly auditCheckpoint: { readonly note: string } | null;
    readonly userErrors: readonly { readonly message: string }[];
  };
}

const checkpointOperation = `mutation TrailCheckpoint {
  auditCheckpointCreate { auditCheckpoint { note } userErrors { message } }
}`;

interface ExportedPart {
  readonly auditExport: {
    readonly text: string;
    readonly entryCount: number;
    readonly size: number | string;
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
  };
}

const exportOperation = `query TrailExport(
  $repositoryId: ID, $from: DateTime, $to: DateTime, $consistentWith: [BigInt!], $after: String
) {
  auditExport(repositoryId: $repositoryId, from: $from, to: $to, consistentWith: $consistentWith, after: $after) {
    text entryCount size hasNextPage endCursor
  }
}`;

async function writeBundle(
  client: GraphClient,
  { repository, from, to, consistentWith }: Omit<ExportOptions, 'output'>,
  write: (text: string) => Promise<unknown>,
  say: (line: string) => void,
): Promise<{ readonly entries: number; readonly size: string }> {
  const variables = {
    ...(repository !== undefined && { repositoryId: `Repository:${repository.toLowerCase()}` }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(consistentWith !== undefined && { consistentWith }),
  };
  let entries = 0;
  for (let after: string | null = null; ;) {
    const { auditExport: part }: ExportedPart = await client.request<ExportedPart>(exportOperation, {
      ...variables,
      after,
    });
    await write(part.text);
    entries += part.entryCount;
    if (!part.hasNextPage) return { entries, size: String(part.size) };
    after = part.endCursor;
    say(`${entries} of at most ${part.size} entries`);
  }
}
