/** Places in a text, as lines from 1. */

/** The line of each place, for places in ascending order: each line is counted once. */
export function countLines(text: string): (position: number) => number {
  let line = 1;
  let at = text.indexOf('\n');
  return (position) => {
    for (; at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
    return line;
  };
}

/** The lines that places are in, each once. */
export function linesOf(text: string, positions: readonly number[]): number[] {
  return [...new Set(positions.map(countLines(text)))];
}
