/** The subgraphs that this process serves. Each is made when it is first asked for, so that a start waits for none of them. */
import { setImmediate as turn } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import type { SubgraphName } from '../../schema/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { loadSubgraph, servedSubgraphs } from './subgraphs.js';

export class LocalSubgraphs {
  readonly #config: Config;
  readonly #names: ReadonlySet<SubgraphName>;
  readonly #schemas = new Map<SubgraphName, Promise<GraphQLSchema>>();
  /** One at a time: each takes this thread for itself anyway. */
  #last: Promise<unknown> = Promise.resolve();
  #isLoaded = false;

  /** All that are not among `remotes`. */
  constructor(config: Config, remotes: Readonly<Record<string, string>> = {}) {
    this.#config = config;
    this.#names = new Set(servedSubgraphs().filter((name) => remotes[name] === undefined));
  }

  has(name: string): name is SubgraphName {
    return this.#names.has(name as SubgraphName);
  }

  schema(name: SubgraphName): Promise<GraphQLSchema> {
    const known = this.#schemas.get(name);
    if (known !== undefined) return known;
    const made = this.#last.then(() => loadSubgraph(name, this.#config));
    this.#last = made.catch(() => undefined);
    this.#schemas.set(name, made);
    return made;
  }

  /** What a question asks of most often, before there are any: the first of them. */
  async loadFirst(): Promise<void> {
    for (const name of this.#names) return void (await this.schema(name));
  }

  /** One after the other, with room between them for requests. Rejects when a contract and its maps disagree. */
  async loadAll(signal?: AbortSignal): Promise<void> {
    for (const name of this.#names) {
      await this.schema(name);
      await turn(undefined, { signal });
    }
    this.#isLoaded = true;
  }

  async assertLoaded(): Promise<void> {
    if (!this.#isLoaded) throw new Error('not every subgraph is made yet');
  }
}
