/** What goes on for domains beside answering: their routes, their sweeps, and their workers. */
import type { ExtraRoute } from '../../gateway/index.js';
import { workerLane } from '../../subgraphs/kernel/db/index.js';
import type { DomainProcess, DomainRoute, DomainServices } from '../../subgraphs/kernel/subgraph/domain-process.js';
import { routeLane } from './context.js';
import { domains } from './domains.js';
import type { Started } from './started.js';
import { defineOthers } from './subgraphs.js';

export type Services = Omit<DomainServices, 'others'>;

function servicesOf(domain: DomainProcess, services: Services): DomainServices {
  const [name] = [...domains].find(([, each]) => each === domain) ?? [];
  const { config } = services;
  return { ...services, others: async () => (name === undefined ? [] : defineOthers(name, config)) };
}

export function routesOf(served: Iterable<DomainProcess>, services: Services): ExtraRoute[] {
  const own = { ...services, database: routeLane(services.database) };
  return [...served].flatMap((domain) =>
    (domain.routes ?? []).map((route) => toExtraRoute(route, servicesOf(domain, own))),
  );
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
  served: Iterable<DomainProcess>,
  services: Services,
  started: Started,
  wanted: (worker: string) => boolean = () => false,
): Promise<void> {
  const own = { ...services, database: services.database.lane(workerLane) };
  for (const domain of served) {
    const { sweeps = [], workers = {} } = domain;
    const asked = Object.keys(workers).filter(wanted);
    for (const start of [...sweeps, ...asked.flatMap((name) => workers[name]?.start ?? [])]) {
      const work = await start(servicesOf(domain, own));
      started.add(() => work.stop());
    }
  }
}
