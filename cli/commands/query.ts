/** `weft query`: the answer to an operation, as a table, a file of rows, or JSON. */
import { text } from 'node:stream/consumers';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { CommandFailed, type Terminal } from '../command.js';
import { connectToGraph } from '../graph-client/index.js';
import { readNamedFile } from '../named-file.js';
import { runQuery, type QueryFormat } from '../query/run-query.js';

interface QueryOptions {
  readonly format: QueryFormat;
  readonly operation?: string;
  readonly variables?: Record<string, unknown>;
  readonly output?: string;
  readonly url?: string;
}

const formats: readonly QueryFormat[] = ['table', 'csv', 'ndjson', 'json', 'xlsx'];

export function configure(command: Command, _terminal: Terminal): void {
  command
    .argument('<file>', 'a file with a GraphQL query, or - for standard input')
    .addOption(new Option('--format <format>', 'how the answer is written').choices(formats).default('table'))
    .option('--operation <name>', 'which operation of the file')
    .option('--variables <json>', "the operation's variables, a JSON object", toVariables)
    .option('--output <file>', 'write there instead of to standard output; the file appears when it is whole')
    .option(
      '--url <url>',
      'the gateway to ask; without it the one on HOST and PORT if it is up, else the configured store',
    )
    .addHelpText(
      'after',
      '\nAll formats but json take the rows of one list or connection, page by page to its end, or to its "first"; json takes any answer.' +
        '\nSends the token in WEFT_TOKEN to the gateway. Exits with 1 when the answer has errors or the rows break off.' +
        '\n\nExamples:\n  weft query schema/operations/traceability.graphql --operation Gaps --format csv --output gaps.csv' +
        "\n  echo '{ requirements { nodes { gxpId title } } }' | weft query -",
    )
    .action((file: string, options: QueryOptions) => query(file, options));
}

async function query(file: string, options: QueryOptions): Promise<void> {
  const { format, operation: operationName, variables = {}, output, url } = options;
  if (format === 'xlsx' && output === undefined && process.stdout.isTTY) {
    throw new StartupError('A workbook is nothing for a terminal: name a file with --output.');
  }
  const source = file === '-' ? await text(process.stdin) : await readNamedFile(file, 'The query');
  const config = loadConfig(undefined, { serves: false });
  const log = createLogger({ level: config.logLevel });
  const client = await connectToGraph({ config, log, url, token: config.token?.reveal() });
  try {
    const asked = { query: source, operationName, variables };
    const { stdout, stderr } = process;
    const isWhole = await runQuery({ client, asked, format, file: output, output: stdout, errors: stderr });
    if (!isWhole) throw new CommandFailed();
  } finally {
    await client.close();
  }
}

function toVariables(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // no JSON: said below
  }
  throw new InvalidArgumentError('It must be a JSON object.');
}
