/** Owns how deep a YAML text may nest, whoever reads it then. */
import { Lexer, Parser } from 'yaml';

/**
 * The offset at which collections of `source` stand inside each other more than `levels` deep, or null. To be asked before it is read as a
 * document: that recurses, and where the stack ends just as V8 compiles a regular expression, the whole process ends with
 * it (100 KB of `- - - …`). The parser below keeps a stack of its own, so it costs one pass and no recursion.
 */
export function findDeeper(source: string, levels: number): number | null {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(source)) {
    for (const token of parser.next(lexeme)) void token;
    // The document itself, and the value at hand, are no levels.
    if (parser.stack.length > levels + 2) return parser.offset;
  }
  return null;
}
