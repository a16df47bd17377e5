/** What a file in commands/ is. */
import type { Command } from 'commander';

/** Where a command's lines go: what was asked for to `print`, everything else to `printError`. */
export interface Terminal {
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

export interface CommandFile {
  /** Adds arguments, options, examples and the action. */
  configure(command: Command, terminal: Terminal): void;
}

/** Named in the list of commands at once, and loaded when it is the one asked for: `weft --help` opens no database driver. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandFile>;
}

/** Thrown by an action that has already said what is wrong: exit code 1 and nothing more. */
export class CommandFailed extends Error {}
