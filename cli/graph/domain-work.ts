/** What goes on for domains beside answering: their routes, their sweeps, and their workers. */
import type { ExtraRoute } from '../../gateway/index.js';
import { workerLane } from '../../subgraphs/kernel/db/index.js';
import type { DomainProcess, DomainRoute, DomainServices } from '../../subgraphs/kernel/subgraph/domain-process.js';
import { routeLane } from './context.js';
import type { Started } from './started.js';

export function routesOf(domains: Iterable<DomainProcess>, services: DomainServices): ExtraRoute[] {
  const own = { ...services, database: routeLane(services.database) };
  return [...domains].flatMap(({ routes = [] }) => routes.map((route) => toExtraRoute(route, own)));
}

function toExtraRoute({ open, maxBodyBytes, ...route }: DomainRoute, services: DomainServices): ExtraRoute {
  let opened: ReturnType<DomainRoute['open']> | undefined;
  return {
    ...route,
    maxBodyBytes: maxBodyBytes(services.config),
    handle: async (request) => (await (opened ??= open(services)))(request),
  };
}

/** Sweeps of the domains, and of their workers those that are `wanted`. */
export async function startWork(
  domains: Iterable<DomainProcess>,
  services: DomainServices,
  started: Started,
  wanted: (worker: string) => boolean = () => false,
): Promise<void> {
  const own = { ...services, database: services.database.lane(workerLane) };
  for (const { sweeps = [], workers = {} } of domains) {
    const asked = Object.keys(workers).filter(wanted);
    for (const start of [...sweeps, ...asked.flatMap((name) => workers[name]?.start ?? [])]) {
      const work = await start(own);
      started.add(() => work.stop());
    }
  }
}
