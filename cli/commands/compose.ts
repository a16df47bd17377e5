/** `weft compose`: the build step that writes the committed supergraph. */
import type { Command } from 'commander';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { CommandFailed, type Terminal } from '../command.js';

export function configure(command: Command, terminal: Terminal): void {
  command
    .option('--check', 'write nothing: exit with 1 when the committed files are not what the subgraphs compose to')
    .action(async ({ check = false }: { check?: boolean }) => {
      const { main } = await loadComposer();
      if ((await main(check ? ['--check'] : [], terminal.print)) !== 0) throw new CommandFailed();
    });
}

/** The composers are development dependencies: an installation that serves has none. */
async function loadComposer() {
  try {
    return await import('../../schema/compose.js');
  } catch (error) {
    if (!isMissingModule(error)) throw error;
    throw new StartupError('weft compose needs the development dependencies: run npm ci without --omit=dev.', {
      cause: error,
    });
  }
}

function isMissingModule(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
