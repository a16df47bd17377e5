/** Imports of a source file: packages by name, files of the repository by path. */
import { posix } from 'node:path';
import type { AuditFile } from './types.js';

export interface Import {
  /** From 1. */
  readonly line: number;
  /** Path of a file of the repository, or name of a package with its subpath. */
  readonly target: string;
}

const scripts = /\.[cm]?[jt]sx?$/;
const python = /\.py$/;

const scriptForms = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*)(["'])([^"'\n]{1,500})\1/g;
const pythonForms =
  /^[ \t]*(?:from[ \t]+(\.*(?:\w[\w.]*)?)[ \t]+import\b|import[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*))/gm;

/** `paths` are those of all files: what a specifier means depends on what is there. */
export function listImports(file: AuditFile, paths: ReadonlySet<string>): Import[] {
  if (scripts.test(file.path)) return scriptImports(file, paths);
  return python.test(file.path) ? pythonImports(file, paths) : [];
}

function scriptImports({ path, content }: AuditFile, paths: ReadonlySet<string>): Import[] {
  const code = withoutComments(content);
  const lineOf = countLines(code);
  return [...code.matchAll(scriptForms)].map(({ index, 2: specifier = '' }) => ({
    line: lineOf(index),
    target: /^\.\.?(\/|$)/.test(specifier) ? resolveScript(path, specifier, paths) : specifier,
  }));
}

/**
 * Comments as spaces, so that lines keep their numbers; texts stay, with `//` inside them. What has no end goes on to the
 * end of its line, or of the file: looking for it again from every place would take time by the square of the length.
 */
function withoutComments(code: string): string {
  return code.replace(
    /("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g,
    (match: string, text: string | undefined) => text ?? match.replace(/[^\n]/g, ' '),
  );
}

const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '/index.ts', '/index.tsx', '/index.js'];

function resolveScript(from: string, specifier: string, paths: ReadonlySet<string>): string {
  const path = posix.join(posix.dirname(from), specifier);
  // TypeScript names the compiled file: `./a.js` is `./a.ts`.
  const stem = path.replace(/\.([cm]?)jsx?$/, '');
  const candidates = endings.flatMap((ending) => (stem === path ? [path + ending] : [path, stem + ending]));
  return candidates.find((candidate) => paths.has(candidate)) ?? path;
}

function pythonImports({ path, content }: AuditFile, paths: ReadonlySet<string>): Import[] {
  const lineOf = countLines(content);
  return [...content.matchAll(pythonForms)].flatMap(({ index, 1: from, 2: names }) => {
    const line = lineOf(index);
    const modules = from === undefined ? (names ?? '').split(',').map((name) => name.trim()) : [from];
    return modules.filter((name) => name !== '').map((name) => ({ line, target: resolvePython(path, name, paths) }));
  });
}

function resolvePython(from: string, module: string, paths: ReadonlySet<string>): string {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const name = module.slice(dots).replaceAll('.', '/');
  const base = dots === 0 ? '' : posix.join(posix.dirname(from), '../'.repeat(dots - 1));
  const path = posix.join(base, name);
  return [`${path}.py`, `${path}/__init__.py`].find((candidate) => paths.has(candidate)) ?? path;
}

/** The line of a place, for places in their order: each line is counted once. */
function countLines(text: string): (index: number) => number {
  let line = 1;
  let at = text.indexOf('\n');
  return (index) => {
    for (; at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
    return line;
  };
}
