/** What there is to break: three subgraphs and a gateway as processes, the supergraph's file, and the log of events. */
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { createFixtures, subgraphNames, type SubgraphName } from './graph.js';
import { loadSubgraph, startGateway, type GatewayProcess, type SubgraphProcess } from './processes.js';

/** By whether they have the field that a reload adds and takes away. */
type Supergraphs = Readonly<Record<'true' | 'false', string>>;

interface Subgraph {
  readonly port: string;
  readonly running: SubgraphProcess;
  /** What takes its place. */
  readonly next: Promise<SubgraphProcess>;
}

export class Scene {
  readonly gateway: GatewayProcess;
  /** Events so far. */
  head = 0;
  /** Whether the supergraph has the field that a reload adds and takes away. */
  reserved = true;
  readonly #folder: string;
  readonly #subgraphs: Map<SubgraphName, Subgraph>;
  readonly #supergraphs: Supergraphs;

  static async open(): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), 'weft-chaos-'));
    await writeFile(logIn(folder), '');
    const started = subgraphNames.map(async (name) => {
      const running = await loadSubgraph(name, logIn(folder), '0');
      return [name, { running, url: await running.listen() }] as const;
    });
    const listening = await Promise.all(started);
    const urls = Object.fromEntries(listening.map(([name, { url }]) => [name, url])) as Record<SubgraphName, string>;
    const supergraphs = {
      true: compose(urls, { reserved: true }),
      false: compose(urls, { reserved: false }),
    };
    await writeFile(supergraphIn(folder), supergraphs.true);
    const subgraphs = new Map(
      listening.map(([name, { running, url }]) => {
        const { port } = new URL(url);
        return [name, { running, port, next: loadSubgraph(name, logIn(folder), port) }];
      }),
    );
    return new Scene(folder, subgraphs, supergraphs, await startGateway(supergraphIn(folder)));
  }

  private constructor(
    folder: string,
    subgraphs: Map<SubgraphName, Subgraph>,
    supergraphs: Supergraphs,
    gateway: GatewayProcess,
  ) {
    this.#folder = folder;
    this.#subgraphs = subgraphs;
    this.#supergraphs = supergraphs;
    this.gateway = gateway;
  }

  /** Resolves when nothing of it runs any more. */
  async kill(name: SubgraphName): Promise<void> {
    await this.#subgraph(name).running.kill();
  }

  /** Resolves when it listens again, where it did before. */
  async restart(name: SubgraphName): Promise<void> {
    const { port, next } = this.#subgraph(name);
    const running = await next;
    await running.listen();
    this.#subgraphs.set(name, { running, port, next: loadSubgraph(name, logIn(this.#folder), port) });
  }

  async append(events: number): Promise<void> {
    this.head += events;
    await appendFile(logIn(this.#folder), '.'.repeat(events));
  }

  /** Replaces the file as a deployment does. Without a signal the gateway finds it by itself. */
  async replaceSupergraph({ signal }: { signal: boolean }): Promise<void> {
    this.reserved = !this.reserved;
    const next = `${supergraphIn(this.#folder)}.next`;
    await writeFile(next, this.#supergraphs[`${this.reserved}`]);
    await rename(next, supergraphIn(this.#folder));
    if (signal) this.gateway.reload();
  }

  async close(): Promise<void> {
    const subgraphs = [...this.#subgraphs.values()].flatMap(({ running, next }) => [running, next]);
    await Promise.all([this.gateway.kill(), ...subgraphs.map(async (subgraph) => (await subgraph).kill())]);
    await rm(this.#folder, { recursive: true });
  }

  #subgraph(name: SubgraphName): Subgraph {
    return this.#subgraphs.get(name) as Subgraph;
  }
}

const logIn = (folder: string): string => join(folder, 'events.log');
const supergraphIn = (folder: string): string => join(folder, 'supergraph.graphql');

function compose(urls: Readonly<Record<SubgraphName, string>>, { reserved }: { reserved: boolean }): string {
  const services = Object.entries(createFixtures('')).map(([name, { typeDefs }]) => ({
    name,
    url: urls[name as SubgraphName],
    typeDefs: parse(reserved ? typeDefs : typeDefs.replace(' reserved: Int', '')),
  }));
  const { supergraphSdl, errors = [] } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}
