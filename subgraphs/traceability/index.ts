/** Owns traceability: requirement, user story, specification and signed evidence, as scans of repositories find them. */
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { model, scans } from './entities.js';
import { commitNode } from './repository/commit.js';
import { resolvers } from './resolvers/index.js';

export function createSubgraph(): SubgraphDefinition {
  return {
    name: 'traceability',
    model,
    nodes: [commitNode(scans)],
    resolvers,
  };
}

export { ingestScan, type IngestedScan, type IngestResult } from './operations/ingest/ingest-scan.js';
export { maxFiles, maxTotalBytes, type ScanFileInput, type ScanInput } from './operations/ingest/scan-input.js';
