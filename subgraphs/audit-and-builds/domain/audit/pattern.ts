/** Regular expressions that a contract brings, in time that grows with the text: RE2. */
import { RE2JS } from 're2js';
import { ContractError } from './contract.js';

export interface Pattern {
  readonly source: string;
  /** Where it matches, each a position in the text; `limit` of them at most. */
  find(text: string, limit: number): number[];
}

const longest = 1_000;

/**
 * `^` and `$` are the ends of lines. What RE2 leaves out (a look ahead, a reference back) is left to JavaScript's engine, whose
 * time only the limit of the check bounds. Throws ContractError for what neither takes.
 */
export function toPattern(source: string, place: string): Pattern {
  if (source.length > longest) throw new ContractError(`${place} is a pattern of more than ${longest} characters.`);
  return { source, find: findLinear(source) ?? findByBacktracking(source, place) };
}

type Find = Pattern['find'];

function findLinear(source: string): Find | null {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, RE2JS.MULTILINE);
  } catch {
    return null;
  }
  return (text, limit) => {
    const matcher = compiled.matcher(text);
    const found: number[] = [];
    while (found.length < limit && matcher.find()) found.push(matcher.start());
    return found;
  };
}

function findByBacktracking(source: string, place: string): Find {
  // Python's spelling of flags and named groups.
  const flags = /^\(\?([ims]+)\)/.exec(source)?.[1] ?? '';
  const body = source.slice(flags === '' ? 0 : flags.length + 3).replaceAll('(?P<', '(?<');
  let compiled: RegExp;
  try {
    compiled = new RegExp(body, [...new Set(`gm${flags}`)].join(''));
  } catch {
    throw new ContractError(`${place} is no regular expression.`);
  }
  return (text, limit) => {
    const found: number[] = [];
    for (const { index } of text.matchAll(compiled)) {
      found.push(index);
      if (found.length >= limit) break;
    }
    return found;
  };
}
