/** What a process does for the platform subgraph. */
import type { DomainProcess } from '../kernel/subgraph/domain-process.js';

export default {
  // It says of every domain's entities which exist and may be seen: their maps are all that it needs for that.
  createSubgraph: async (_config, others) => {
    const { createSubgraph } = await import('./index.js');
    const domains = await others();
    const entities = domains.flatMap(({ model }) => model.entities).filter((map) => map.fields['id'] !== undefined);
    return createSubgraph([...entities, ...domains.flatMap(({ nodes = [] }) => nodes)]);
  },
  weights: {
    // 50,000 links take up to 0.7 s, and 10,000 entries that had to be sealed before 0.8 s: a request may ask one of it.
    'Query.verifyAuditTrail': 26_000,
  },
} satisfies DomainProcess;
