/** Python, by the grammar of tree-sitter, and by the rules of indentation that the grammar leaves open. */
import type { Node, Parser, Query } from '@vscode/tree-sitter-wasm';
import { mayHavePythonRoutes, readPythonRoutes } from '../surface/python-routes.js';
import type { ImportFact, SourceFacts, SourceFault } from './facts.js';
import { firstError, withTree } from './tree.js';

export interface PythonReader {
  read(content: string): SourceFacts;
}

export function createPythonReader(parser: Parser, makeQuery: (source: string) => Query): PythonReader {
  const imports = makeQuery('(import_statement) @import (import_from_statement) @from');
  const blocks = makeQuery('[(module) (block)] @block');
  const old = makeQuery('[(print_statement) (exec_statement)] @old');
  return {
    read: (content) =>
      withTree(parser, content, ({ root, captured }) => ({
        language: 'python',
        fault: firstError(root) ?? oldStatement(captured(old)) ?? badIndentation(content.split('\n'), captured(blocks)),
        imports: captured(imports).flatMap(toImports),
        web: mayHavePythonRoutes(content) ? readPythonRoutes(root) : null,
      })),
  };
}

/** `print "x"` is Python 2; `print >>file` is no statement, and an expression of Python 3. */
function oldStatement(nodes: readonly Node[]): SourceFault | null {
  const found = nodes.find((node) => node.namedChild(0)?.type !== 'chevron');
  if (found === undefined) return null;
  return {
    line: found.startPosition.row + 1,
    message: `${found.child(0)?.type ?? 'print'} is no statement of Python 3.`,
  };
}

/** Statements of a block begin alike, and a block has at least one. */
function badIndentation(lines: readonly string[], blocks: readonly Node[]): SourceFault | null {
  const indentOf = (row: number): string => /^[ \t\f]*/.exec(lines[row] ?? '')?.[0].replace(/^.*\f/, '') ?? '';
  for (const block of blocks) {
    const statements = block.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');
    if (statements.length === 0 && block.type === 'block') {
      return { line: block.startPosition.row + 1, message: 'An indented block is expected.' };
    }
    let expected = block.type === 'module' ? '' : null;
    for (const { startPosition } of statements) {
      const indent = indentOf(startPosition.row);
      // What stands behind a colon or a semicolon begins no line.
      if (indent.length !== startPosition.column) continue;
      expected ??= indent;
      if (indent !== expected) return { line: startPosition.row + 1, message: 'The indentation fits no block.' };
    }
  }
  return null;
}

function toImports(node: Node): ImportFact[] {
  const line = node.startPosition.row + 1;
  const isOptional = isTried(node);
  const children = node.namedChildren.filter((child): child is Node => child !== null);
  if (node.type === 'import_statement') {
    return children.map((child) => ({ ...toImport(line, nameOf(child)), isOptional }));
  }
  const [module, ...names] = children;
  if (module === undefined) return [];
  const isWildcard = names.some((child) => child.type === 'wildcard_import');
  return [{ ...toImport(line, nameOf(module)), isOptional, isWildcard, names: isWildcard ? [] : names.map(nameOf) }];
}

function toImport(line: number, specifier: string): ImportFact {
  return { line, specifier, names: [], isWildcard: false, isOptional: false };
}

/** Inside a `try` that catches an ImportError, or before one that stands in its place. */
function isTried(node: Node): boolean {
  const clause = node.parent?.parent;
  const tried = clause?.type === 'try_statement' ? clause : clause?.parent;
  if (tried?.type !== 'try_statement') return false;
  return tried.namedChildren.some(
    (child) =>
      child?.type === 'except_clause' &&
      /^except\b[^:\n]{0,200}\b(?:ImportError|ModuleNotFoundError)\b/.test(child.text.slice(0, 300)),
  );
}

/** Of `a.b as c`, the `a.b`. */
function nameOf(node: Node): string {
  const named = node.type === 'aliased_import' ? node.namedChild(0) : node;
  return (named ?? node).text.replace(/\s+/g, '');
}
