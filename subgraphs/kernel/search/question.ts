/** What a caller asks a search: checked, with what is left out filled in. */
import { embedText, type Embedder } from '../embeddings/index.js';
import { badInput } from '../errors/index.js';
import type { Probe, SearchMode, SearchQuestion } from './search.js';
import { checkVector } from './vector.js';

/** A field's arguments, but for those that narrow where it searches. */
export interface QuestionArguments {
  readonly text?: string | null;
  readonly vector?: readonly number[] | null;
  readonly mode?: SearchMode | null;
  readonly minSimilarity?: number | null;
}

export interface QuestionRules {
  /** The argument that names a row to find the like of, e.g. `evidenceId`. */
  readonly likeArgument: string;
  /**
   * The least similarity where the caller gives none. Fused, places count and not distances: with the limit of a search by vector,
   * a short question would find nothing by meaning.
   */
  readonly leastSimilarity: { readonly vector: number; readonly fused: number };
}

/** Where the vector comes from when the caller sends none. */
export interface QuestionSources {
  /** Key of the row to find the like of; null for none. */
  readonly like: string | null;
  readonly embedder: Embedder;
  readonly dimensions: number;
}

/** Throws BAD_USER_INPUT when the question lacks what its mode looks for. */
export function resolveMode(args: QuestionArguments, like: string | null, { likeArgument }: QuestionRules): SearchMode {
  const text = wordsOf(args);
  const hasVector = args.vector != null;
  const hasProbe = hasVector || like !== null;
  if (hasVector && like !== null) throw badInput(`Give vector or ${likeArgument}, not both.`);
  if (text === null && !hasProbe) throw badInput(`Give text, vector or ${likeArgument}.`);
  if (text === '') throw badInput('text must have at least one character.');
  const mode = args.mode ?? (text === null ? 'VECTOR' : 'HYBRID');
  if (mode !== 'VECTOR' && text === null) throw badInput(`The mode ${mode} needs text.`);
  if (mode === 'TEXT' && hasProbe) throw badInput('The mode TEXT looks for text alone.');
  return mode;
}

/** The words and the vector to look for: the caller's, another row's, or what the embedder makes of the words. */
export async function readQuestion(
  args: QuestionArguments,
  mode: SearchMode,
  { leastSimilarity }: QuestionRules,
  sources: QuestionSources,
): Promise<SearchQuestion> {
  const text = wordsOf(args);
  const usual = mode === 'VECTOR' ? leastSimilarity.vector : leastSimilarity.fused;
  const minSimilarity = checkSimilarity(args.minSimilarity ?? usual);
  if (mode === 'TEXT') return { mode, text: text ?? '' };
  const near = await probeOf(args, text ?? '', sources);
  return mode === 'HYBRID' ? { mode, text: text ?? '', near, minSimilarity } : { mode, text, near, minSimilarity };
}

async function probeOf(
  { vector }: QuestionArguments,
  text: string,
  { like, embedder, dimensions }: QuestionSources,
): Promise<Probe> {
  if (like !== null) return { key: like };
  return { vector: vector == null ? await embedText(embedder, text, dimensions) : checkVector(vector, dimensions) };
}

function wordsOf({ text }: QuestionArguments): string | null {
  return text?.trim() ?? null;
}

/** Throws BAD_USER_INPUT for what no cosine is. */
export function checkSimilarity(value: number): number {
  if (value >= -1 && value <= 1) return value;
  throw badInput('minSimilarity must be -1 to 1.');
}
