/** The files that the rules look at: every text file of the project that a person wrote, by path. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Path from the project's root, with forward slashes → text. */
export type Tree = ReadonlyMap<string, string>;

/** One broken rule, as a line that says where and what. */
export type Fault = string;

const notOurs = new Set(['.git', '.weft', 'coverage', 'dist', 'generated', 'node_modules', 'prisma-client']);
const textFile = /\.(ts|js|mjs|cjs|json|md|graphql|prisma|sql|sh|yml|yaml)$|(^|\/)(Dockerfile|LICENSE|run|\.npmrc)$/;

export function readTree(root: string): Tree {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (notOurs.has(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && textFile.test(path)) tree.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  walk('');
  return tree;
}

export function isCode(path: string): boolean {
  return /\.(ts|js|mjs|cjs)$/.test(path);
}

/** One fault for each match of `pattern` in the files that `applies` picks, with its line. */
export function findText(tree: Tree, applies: (path: string) => boolean, pattern: RegExp, what: string): Fault[] {
  const faults: Fault[] = [];
  for (const [path, text] of tree) {
    if (!applies(path)) continue;
    text.split('\n').forEach((line, index) => {
      const found = pattern.exec(line);
      if (found !== null) faults.push(`${path}:${index + 1}: ${what}: ${found[0].trim()}`);
    });
  }
  return faults;
}
