/** What every tree of tree-sitter is asked, within a limit of time: the grammars mend what is broken, which can take hours. */
import type { Node, Parser, Query } from '@vscode/tree-sitter-wasm';
import type { SourceFault } from './facts.js';

/** For one file; a megabyte of what people write takes 0.3 s. */
const longestMs = 3_000;

export interface Reading {
  readonly root: Node;
  /** The nodes that a query captures, in order. */
  captured(query: Query): Node[];
}

export class TooSlow extends Error {}

/** Brackets that are open at a time: the time of a query grows with the square of them. */
const mostOpen = 2_000;

function nestsTooDeep(content: string): boolean {
  let open = 0;
  for (let at = 0; at < content.length; at += 1) {
    const code = content.charCodeAt(at);
    // ( [ {
    if (code === 40 || code === 91 || code === 123) {
      open += 1;
      if (open > mostOpen) return true;
    } else if ((code === 41 || code === 93 || code === 125) && open > 0) open -= 1;
  }
  return false;
}

/** Throws TooSlow. The tree is gone when `take` has ended. */
export function withTree<T>(parser: Parser, content: string, take: (reading: Reading) => T): T {
  if (nestsTooDeep(content)) throw new TooSlow();
  const end = performance.now() + longestMs;
  let isLate = false;
  const progressCallback = (): boolean => (isLate ||= performance.now() > end);
  const tree = parser.parse(content, null, { progressCallback: progressCallback });
  if (tree === null) {
    parser.reset();
    throw new TooSlow();
  }
  try {
    return take({
      root: tree.rootNode,
      captured: (query) => {
        const found = query.captures(tree.rootNode, { progressCallback: progressCallback });
        if (isLate) throw new TooSlow();
        return found.map(({ node }) => node);
      },
    });
  } finally {
    tree.delete();
  }
}

/** Levels that are looked into for the place of an error: below, the first line of all stands for it. */
const deepest = 100;

/** The first place that the grammar doesn't take. */
export function firstError(root: Node): SourceFault | null {
  if (!root.hasError) return null;
  let node = root;
  for (let depth = 0; depth < deepest && !node.isError && node.childCount <= 10_000; depth += 1) {
    const next = node.children.find((child) => child !== null && (child.hasError || child.isMissing));
    if (next === null || next === undefined) break;
    node = next;
  }
  const line = node.startPosition.row + 1;
  return { line, message: node.isMissing ? `Expected ${JSON.stringify(node.type)}.` : 'This can’t be parsed.' };
}
