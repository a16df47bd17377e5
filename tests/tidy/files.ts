/** Rules about a file by itself: its name, its length, how it opens, what it may say. */
import { type Fault, type Tree, findText, isCode } from './tree.js';

const longestFile = 400;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const toolNames = /^\.[a-z0-9-]+$/;

/** Folders and code files are kebab-case, except resolvers (see rooms.ts). */
export function fileNameFaults(tree: Tree): Fault[] {
  return [...tree.keys()]
    .filter((path) => /\.(ts|js|mjs|cjs|graphql|prisma)$/.test(path) && !/^subgraphs\/[^/]+\/resolvers\//.test(path))
    .filter((path) =>
      path.split('/').some((part) => {
        const stem = part.split('.')[0] ?? '';
        return !toolNames.test(part) && !part.startsWith('.') && !kebabCase.test(stem);
      }),
    )
    .map((path) => `${path} is not kebab-case`);
}

const vagueNames = new Set(['utils', 'util', 'common', 'helpers', 'helper', 'misc', 'lib', 'manager', 'stuff']);

export function vagueNameFaults(tree: Tree): Fault[] {
  return [...tree.keys()]
    .filter((path) => isCode(path) && path.split('/').some((part) => vagueNames.has(part.split('.')[0] ?? '')))
    .map((path) => `${path} says nothing of what it owns`);
}

export function lengthFaults(tree: Tree): Fault[] {
  return [...tree]
    .filter(([path, text]) => isCode(path) && lines(text) > longestFile)
    .map(([path, text]) => `${path} has ${lines(text)} lines: at most ${longestFile}`);
}

/** Half the product's files fit on a screen and a half. */
export function medianLines(tree: Tree): number {
  const product = [...tree].filter(([path]) => /^(cli|gateway|schema|subgraphs)\/.*\.ts$/.test(path) && !isTest(path));
  const lengths = product.map(([, text]) => lines(text)).sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

/** Every index.ts opens with one sentence: what this room owns. A bench is a program, and says how it is run as well. */
export function openingFaults(tree: Tree): Fault[] {
  return [...tree]
    .filter(([path]) => path.endsWith('/index.ts') && !path.startsWith('tests/bench/'))
    .filter(([, text]) => {
      const comment = /^\/\*\*\s*([^]*?)\s*\*\//.exec(text)?.[1] ?? /^\/\/\s*(.*)/.exec(text)?.[1] ?? '';
      const sentence = comment.replace(/\s*\n\s*\*?\s*/g, ' ');
      return !/^[A-Z].*\.$/.test(sentence) || /[.!?] [A-Z]/.test(sentence);
    })
    .map(([path]) => `${path} does not open with one sentence that says what its room owns`);
}

/** The one room that reads the environment; tests and tools of development are told how to run by it, too. */
const environmentReaders =
  /^(subgraphs\/kernel\/config|tests\/testkit|tests\/bench|prisma\/offline|\.ci)\/|^(prisma\.config\.ts|jest\.config\.js)$/;

export function environmentFaults(tree: Tree): Fault[] {
  const applies = (path: string): boolean => isCode(path) && !environmentReaders.test(path) && !isTidy(path);
  return findText(
    tree,
    applies,
    /process\.env\b|process\[['"]env['"]\]/,
    'reads the environment outside kernel/config',
  );
}

export function unfinishedFaults(tree: Tree): Fault[] {
  const applies = (path: string): boolean => (isCode(path) || /\.(sql|graphql|sh)$/.test(path)) && !isTidy(path);
  return [
    ...findText(tree, applies, /(\/\/|\/\*|^\s*\*|#|--).*\b(TODO|FIXME|XXX|HACK)\b/, 'is unfinished'),
    ...findText(
      tree,
      applies,
      /\b(describe|test|it)\.(only|skip|todo|failing)\b|\b(xtest|xit|xdescribe|fit|fdescribe)\(/,
      'is not run',
    ),
  ];
}

/** SQL stands in repository/, in the entity maps and in the kernel; a resolver calls it by name. */
export function sqlPlaceFaults(tree: Tree): Fault[] {
  const applies = (path: string): boolean =>
    /^(subgraphs\/(?!kernel\/)[^/]+\/(resolvers|domain)|gateway)\/.*\.ts$/.test(path) && !isTest(path);
  return findText(
    tree,
    applies,
    /\bsql`|\/\*\s*[a-z]+\.[\w.]+\s*\*\/|['"`](select|insert into|update|delete from)\s.*\s(from|values|set|where)\s/i,
    'holds SQL',
  );
}

/** Where the project was written, and from where its packages came, is nobody's business. */
export function machineFaults(tree: Tree): Fault[] {
  const applies = (path: string): boolean => !isTidy(path);
  return [
    ...findText(tree, applies, /(^|[\s"'`(=])\/(work|home|root|Users|tmp)\/[\w.-]+/, 'names a path of one machine'),
    ...findText(
      tree,
      applies,
      /https?:\/\/[^\s/"']*(registry|nexus|artifactory|verdaccio)[^\s"']*/i,
      'names a package registry',
    ),
  ];
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/tests/');
}

/** The rules' own words and planted faults. */
function isTidy(path: string): boolean {
  return path.startsWith('tests/tidy');
}

function lines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
