/** What subgraphs send along with their answers for the caller, merged into one response. */

interface Sent {
  readonly subgraph: string;
  readonly value: string;
}

/**
 * Cookies stay a line each. Of any other header the different values are joined with commas, as HTTP reads repeated lines.
 * In the order of the subgraphs' names, whichever answered first: so the response is the same each time.
 */
export class AnswerHeaders {
  #sent: Map<string, Sent[]> | null = null;

  add(subgraph: string, name: string, value: string): void {
    this.#sent ??= new Map();
    const known = this.#sent.get(name);
    if (known === undefined) this.#sent.set(name, [{ subgraph, value }]);
    else if (!known.some((other) => other.value === value)) known.push({ subgraph, value });
  }

  *entries(): Iterable<[name: string, value: string | string[]]> {
    for (const [name, sent] of this.#sent ?? []) {
      const bySubgraph = [...sent].sort((one, other) =>
        one.subgraph < other.subgraph ? -1 : one.subgraph > other.subgraph ? 1 : 0,
      );
      const values = bySubgraph.map(({ value }) => value);
      yield [name, name === 'set-cookie' ? values : values.join(', ')];
    }
  }
}
