/** What a process does for traceability. */
import type { DomainProcess } from '../kernel/subgraph/domain-process.js';

export default {
  createSubgraph: async () => (await import('./index.js')).createSubgraph(),
  ingests: ['scanIngest'],
  weights: {
    // Up to 5 ms, 2.2 ms and 1.7 ms for a repository.
    'Repository.gaps': 130,
    'Repository.traceabilityMatrix': 60,
    'Repository.coverage': 50,
    'Repository.coverageRatio': 25,
    // Up to 10 ms; a vector is compared with at most 200 others, whatever is stored.
    'Query.searchArtifacts': 500,
    'Query.trace': 500,
  },
} satisfies DomainProcess;
