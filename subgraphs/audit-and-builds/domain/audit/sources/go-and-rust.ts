/** Go and Rust: what they import. Their syntax is left to their compilers. */
import type { Node, Parser, Query } from '@vscode/tree-sitter-wasm';
import type { ImportFact, SourceFacts } from './facts.js';
import { withTree } from './tree.js';

export interface ImportReader {
  read(content: string): SourceFacts;
}

export function createGoReader(parser: Parser, makeQuery: (source: string) => Query): ImportReader {
  const specs = makeQuery('(import_spec) @spec');
  const read = (content: string): ImportFact[] =>
    withTree(parser, content, ({ captured }) =>
      captured(specs).map((node) => ({
        line: node.startPosition.row + 1,
        specifier: (node.childForFieldName('path')?.text ?? '').slice(1, -1),
        names: [],
        isWildcard: node.childForFieldName('name')?.type === 'dot',
        isOptional: false,
      })),
    );
  return { read: (content) => ({ language: 'go', fault: null, imports: read(content), web: null }) };
}

/** Paths that name no crate. */
const ownPaths = new Set(['crate', 'self', 'super', 'Self']);

export function createRustReader(parser: Parser, makeQuery: (source: string) => Query): ImportReader {
  const uses = makeQuery('(use_declaration) @use (extern_crate_declaration) @extern (mod_item) @mod');
  const read = (content: string): ImportFact[] =>
    withTree(parser, content, ({ captured }) => {
      const nodes = captured(uses);
      const modules = nodes
        .filter(({ type }) => type === 'mod_item')
        .map((node) => node.childForFieldName('name')?.text);
      return (
        nodes
          .filter(({ type }) => type !== 'mod_item')
          .flatMap((node) => cratesOf(node).map((specifier) => ({ line: node.startPosition.row + 1, specifier })))
          .filter(({ specifier }) => !ownPaths.has(specifier) && !modules.includes(specifier))
          // What begins with a capital is a type that another `use` has brought.
          .filter(({ specifier }) => /^[a-z_]/.test(specifier))
          .map((use) => ({ ...use, names: [], isWildcard: false, isOptional: false }))
      );
    });
  return { read: (content) => ({ language: 'rust', fault: null, imports: read(content), web: null }) };
}

/** `use a::b`, `use ::a`, `use {a::b, c as d}`, `extern crate a`. */
function cratesOf(node: Node): string[] {
  const text = node.text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
  const crate = /\bextern\s+crate\s+(\w+)/.exec(text)?.[1];
  if (crate !== undefined) return [crate];
  const tree = /\buse\s+([\s\S]*)$/.exec(text)?.[1] ?? '';
  const list = /^(?:::)?\s*\{([\s\S]*)\}\s*;?\s*$/.exec(tree)?.[1];
  const paths = list === undefined ? [tree] : outerParts(list);
  return paths.flatMap((path) => /^\s*(?:::)?\s*(?:r#)?(\w+)/.exec(path)?.[1] ?? []);
}

/** Parts between the commas that stand in no braces. */
function outerParts(list: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < list.length; at += 1) {
    if (list[at] === '{') depth += 1;
    if (list[at] === '}') depth -= 1;
    if (list[at] !== ',' || depth > 0) continue;
    parts.push(list.slice(start, at));
    start = at + 1;
  }
  return [...parts, list.slice(start)];
}
