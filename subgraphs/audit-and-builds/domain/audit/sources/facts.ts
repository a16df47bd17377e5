/** What the checks ask of a source file, whatever language it is written in. */
import type { WebFacts } from '../surface/web-facts.js';

export type Language = 'script' | 'python' | 'go' | 'rust';

export interface SourceFault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface ImportFact {
  /** From 1. */
  readonly line: number;
  /** As it is written: `./a`, `pg/lib/client`, `..db.session`, a path of Go, a crate. */
  readonly specifier: string;
  /** Names that are taken out of it, where each may be a module of its own: Python's. */
  readonly names: readonly string[];
  /** Everything is taken, under names that nobody sees: `from x import *`, `import . "x"`. */
  readonly isWildcard: boolean;
  /** The program goes on without it: it is tried, and a failure is caught. */
  readonly isOptional: boolean;
}

export interface SourceFacts {
  readonly language: Language;
  /** The first place that can't be parsed; null when all can. */
  readonly fault: SourceFault | null;
  readonly imports: readonly ImportFact[];
  /** Null for a file that offers nothing over HTTP. */
  readonly web: WebFacts | null;
}

const languages: readonly (readonly [RegExp, Language])[] = [
  [/\.[cm]?[jt]sx?$/, 'script'],
  [/\.pyi?$/, 'python'],
  [/\.go$/, 'go'],
  [/\.rs$/, 'rust'],
];

/** Null for what is no source, or of a language that is not read. */
export function languageOf(path: string): Language | null {
  return languages.find(([ending]) => ending.test(path))?.[1] ?? null;
}
