/** Runs one command line to an exit code: 0 done, 1 failed, 2 not understood. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../subgraphs/kernel/config/index.js';
import { StartupError } from '../subgraphs/kernel/errors/index.js';
import { commandList } from './command-list.js';
import { type CommandEntry, CommandFailed, type Terminal } from './command.js';

export async function runCli(
  args: readonly string[],
  terminal: Terminal,
  commands: readonly CommandEntry[] = commandList,
): Promise<number> {
  try {
    const program = await createProgram(args, terminal, commands);
    if (args.length === 0) {
      terminal.printError(program.helpInformation().trimEnd());
      return 2;
    }
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CommandFailed)) terminal.printError(`weft: ${describe(error)}`);
    return 1;
  }
}

async function createProgram(
  args: readonly string[],
  terminal: Terminal,
  commands: readonly CommandEntry[],
): Promise<Command> {
  const program = new Command('weft')
    .description('A federated GraphQL data gateway over one PostgreSQL.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .showHelpAfterError('(weft --help lists what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.printError(text.trimEnd()),
    });
  const asked = args[0] === 'help' ? args[1] : args.find((arg) => !arg.startsWith('-'));
  for (const { name, summary, load } of commands) {
    const command = program.command(name).summary(summary).description(sentence(summary));
    if (name === asked) (await load()).configure(command, terminal);
  }
  return program;
}

/** The operator's mistakes carry their own advice; anything else is a bug, and its first line must do. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof StartupError ? message : `unexpected failure: ${message.split('\n', 1)[0] ?? ''}`;
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
