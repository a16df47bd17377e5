/** The published vectors of the verifier, as cases.json describes them. */

export interface VectorCase {
  readonly name: string;
  readonly bundle: string;
  /** Done to the bundle before it is verified, to the line of this entry. */
  readonly replace?: { readonly entry: number; readonly find: string; readonly by: string };
  readonly drop?: number;
  /** Its payload is taken out. */
  readonly erase?: number;
  readonly keepLines?: number;
  readonly checkpoints: readonly string[];
  readonly keys: readonly string[];
  /** Codes, in the order in which they are found. */
  readonly faults: readonly string[];
}

export function applyCase({ replace, drop, erase, keepLines }: VectorCase, text: string): string[] {
  const lines = text.trimEnd().split('\n');
  const isOf = (line: string, entry: number | undefined): boolean => line.startsWith(`{"entry":${entry ?? -1},`);
  return lines
    .filter((line, n) => !isOf(line, drop) && n < (keepLines ?? Infinity))
    .map((line) => {
      if (replace !== undefined && isOf(line, replace.entry)) return edited(line, replace);
      if (!isOf(line, erase)) return line;
      const { payload: _payload, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify(rest);
    });
}

/** In the texts themselves, not in how the line quotes them. */
function edited(line: string, { find, by }: { readonly find: string; readonly by: string }): string {
  const { leaf, payload, ...rest } = JSON.parse(line) as Record<string, string>;
  return JSON.stringify({ ...rest, leaf: leaf?.replace(find, by), payload: payload?.replace(find, by) });
}
