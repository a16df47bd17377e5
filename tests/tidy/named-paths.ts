/** Every path that a document or a script names is there. */
import type { Fault, Tree } from './tree.js';

const rooms = ['cli', 'docs', 'examples', 'gateway', 'prisma', 'schema', 'subgraphs', 'tests', '\\.ci', '\\.gxp'];
const pathPattern = new RegExp(`(?<![\\w./$}@-])(?:\\./)?((?:${rooms.join('|')})/[\\w./*<>{},@-]*)`, 'g');

/** README, ARCHITECTURE, docs, the domains' READMEs, the gate's scripts and package.json. */
function isNaming(path: string): boolean {
  return /(^|\/)[\w-]+\.md$/.test(path) && !path.startsWith('.gxp/') && !path.includes('/fixtures/')
    ? true
    : path.startsWith('.ci/') || ['package.json', 'Dockerfile', 'docker-compose.yml', '.prettierignore'].includes(path);
}

export function namedPathFaults(tree: Tree): Fault[] {
  const known = foldersAndFiles(tree);
  const faults: Fault[] = [];
  for (const [path, text] of tree) {
    if (!isNaming(path)) continue;
    text.split('\n').forEach((line, index) => {
      for (const [, named = ''] of line.matchAll(pathPattern)) {
        if (!alternatives(named).every((one) => exists(one, path, known))) {
          faults.push(`${path}:${index + 1}: names ${named}, which is not there`);
        }
      }
    });
  }
  return faults;
}

/** A path of the project, or of the folder of the document that names it. `*` and `<name>` stand for anything. */
function exists(named: string, document: string, known: ReadonlySet<string>): boolean {
  const trimmed = named.replace(/[.,/]+$/, '');
  const folder = document.includes('/') ? document.slice(0, document.lastIndexOf('/') + 1) : '';
  if (isGenerated(trimmed)) return true;
  if (!/[*<]/.test(trimmed)) return known.has(trimmed) || known.has(folder + trimmed);
  const pattern = trimmed.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+|<[^>]*>/g, '[^]*');
  const matcher = new RegExp(`^(${folder.replace(/[.]/g, '\\.')})?${pattern}$`);
  return [...known].some((path) => matcher.test(path));
}

/** Made by `npm run generate` or `npm run build`, and not committed. */
function isGenerated(path: string): boolean {
  return /(^|\/)(generated|prisma-client)(\/|$)/.test(path);
}

/** `tests/{a,b}.ts` → both. */
function alternatives(path: string): string[] {
  const braces = /^(.*)\{([^}]*)\}(.*)$/.exec(path);
  if (braces === null) return [path];
  const [, before = '', list = '', after = ''] = braces;
  return list.split(',').flatMap((one) => alternatives(before + one.trim() + after));
}

function foldersAndFiles(tree: Tree): Set<string> {
  const known = new Set<string>();
  for (const path of tree.keys()) {
    const parts = path.split('/');
    for (let length = 1; length <= parts.length; length += 1) known.add(parts.slice(0, length).join('/'));
  }
  return known;
}
