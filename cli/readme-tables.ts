/** `npm run generate:readme`: the README's tables of commands and settings, from what the program itself says of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describeConfig, packagePath } from '../subgraphs/kernel/config/index.js';
import { commandList } from './command-list.js';

export function withTables(readme: string): string {
  const commands = table(
    ['Command', ''],
    commandList.map(({ name, summary }) => [`\`weft ${name}\``, summary]),
  );
  const settings = describeConfig().map(({ name, expected, fallback, description }) => [
    `\`${name}\``,
    expected,
    fallback === null ? '' : `\`${fallback}\``,
    description,
  ]);
  const configuration = table(['Variable', 'Value', 'Default', 'Meaning'], settings);
  return replaceSection(replaceSection(readme, 'commands', commands), 'configuration', configuration);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** What stands between `<!-- name:begin -->` and `<!-- name:end -->` is written by this program. */
function replaceSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`README.md has no section ${name}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = packagePath('README.md');
  writeFileSync(file, withTables(readFileSync(file, 'utf8')));
}
