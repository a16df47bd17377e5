import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { type CommandEntry, CommandFailed } from '../command.js';
import { commandList } from '../command-list.js';
import { withTables } from '../readme-tables.js';
import { runCli } from '../run.js';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function weft(args: readonly string[], commands?: readonly CommandEntry[]): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { print: (line: string) => out.push(line), printError: (line: string) => err.push(line) };
  const code = await runCli(args, terminal, commands);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** A command that does `action`, and counts how often its file was loaded. */
function entry(name: string, action: () => void | Promise<void>): CommandEntry & { loads: number } {
  const made = {
    name,
    summary: `do ${name}`,
    loads: 0,
    load: async () => {
      made.loads += 1;
      return { configure: (command: Command) => void command.option('--fast', 'at once').action(action) };
    },
  };
  return made;
}

describe('weft', () => {
  test('exits with 0 when the command is done, and loads no other command', async () => {
    const [asked, other] = [entry('one', () => undefined), entry('two', () => undefined)];
    expect(await weft(['one', '--fast'], [asked, other])).toEqual({ code: 0, out: '', err: '' });
    expect([asked.loads, other.loads]).toEqual([1, 0]);
  });

  test('prints a mistake of the operator as its message alone, and exits with 1', async () => {
    const failing = entry('one', () => Promise.reject(new StartupError('The port 4000 is taken: set PORT.')));
    expect(await weft(['one'], [failing])).toEqual({
      code: 1,
      out: '',
      err: 'weft: The port 4000 is taken: set PORT.',
    });
  });

  test('prints one line of an unexpected failure, never a stack', async () => {
    const failing = entry('one', () => Promise.reject(new Error('a thing broke\n  at somewhere')));
    expect(await weft(['one'], [failing])).toEqual({
      code: 1,
      out: '',
      err: 'weft: unexpected failure: a thing broke',
    });
  });

  test('says nothing more of a command that has already said what failed', async () => {
    const failing = entry('one', () => Promise.reject(new CommandFailed()));
    expect(await weft(['one'], [failing])).toEqual({ code: 1, out: '', err: '' });
  });

  test.each([
    { args: ['migrat'], says: 'Did you mean migrate?' },
    { args: ['migrate', '--statu'], says: 'Did you mean --status?' },
    { args: ['migrate', '--status', '--down-to', 'x'], says: 'cannot be used with' },
    { args: ['migrate', 'extra'], says: 'too many arguments' },
    { args: ['token'], says: "required option '--subject <id>' not specified" },
    { args: ['token', '--subject', 'a', '--expires-in', 'soon'], says: 'Expected a number and s, m, h or d' },
    { args: ['token', '--subject', ' '], says: 'Expected an id that is not empty' },
    { args: ['start', '--remote', 'platform'], says: 'It must be name=url' },
    { args: ['--nope'], says: "unknown option '--nope'" },
    { args: [], says: 'Usage: weft' },
  ])('does not understand $args, says why on standard error, and exits with 2', async ({ args, says }) => {
    const { code, out, err } = await weft(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });

  test.each([
    { args: ['start', '--remote', 'platfrom=http://127.0.0.1:1'], says: 'There is no subgraph platfrom' },
    { args: ['gateway', '--remote', 'platfrom=http://127.0.0.1:1'], says: 'there are audit-and-builds' },
    {
      args: ['gateway', '--supergraph', 'nowhere.graphql'],
      says: "nowhere.graphql can't be read: there is no such file",
    },
    { args: ['scan', '.', '--trust', 'nowhere.json'], says: "nowhere.json can't be read: there is no such file" },
  ])('$args fails before anything runs, and says what there is', async ({ args, says }) => {
    const { code, out, err } = await weft(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(says);
  });

  test('lists every command in its help', async () => {
    const { code, out } = await weft(['--help']);
    expect(code).toBe(0);
    for (const { name } of commandList) expect(out).toContain(`  ${name} `);
  });

  test.each(commandList.map(({ name, summary }) => ({ name, summary })))(
    'explains $name by --help and by help',
    async ({ name, summary }) => {
      const byOption = await weft([name, '--help']);
      expect(byOption.code).toBe(0);
      expect(byOption.out).toContain(`Usage: weft ${name}`);
      expect(byOption.out.replace(/\s+/g, ' ')).toContain(summary.slice(1));
      expect(byOption.out).not.toMatch(/default: [[{]/);
      expect(await weft(['help', name])).toEqual(byOption);
    },
  );

  test('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
    expect(await weft(['--version'])).toEqual({ code: 0, out: version, err: '' });
  });
});

test('the README’s tables are what the program says of its commands and settings', () => {
  const readme = readFileSync(packagePath('README.md'), 'utf8');
  expect(withTables(readme)).toBe(readme);
});
