/** Every command of `weft`, in the order of its help. */
import type { CommandEntry } from './command.js';

export const commandList: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'serve the graph from one process, on the embedded store or on DATABASE_URL',
    load: () => import('./commands/start.js'),
  },
  {
    name: 'gateway',
    summary: 'serve a supergraph by the routing URLs inside it',
    load: () => import('./commands/gateway.js'),
  },
  {
    name: 'subgraph',
    summary: 'serve one domain as a process of its own, for a gateway that calls it',
    load: () => import('./commands/subgraph.js'),
  },
  {
    name: 'worker',
    summary: 'do the work that waits in the database: scans of URLs, documents to process, work items, webhooks',
    load: () => import('./commands/worker.js'),
  },
  {
    name: 'query',
    summary: 'ask the graph: the answer as a table, CSV, NDJSON, a workbook or JSON',
    load: () => import('./commands/query.js'),
  },
  {
    name: 'scan',
    summary: "read a checkout's requirements, stories, specifications and evidence into the graph",
    load: () => import('./commands/scan.js'),
  },
  {
    name: 'evidence',
    summary: 'make, sign and verify evidence packages from test results, without a graph',
    load: () => import('./commands/evidence.js'),
  },
  {
    name: 'audit',
    summary: 'judge a checkout: syntax, boundaries, dependencies, the API’s surface, tests of what changed, secrets',
    load: () => import('./commands/audit.js'),
  },
  {
    name: 'trail',
    summary: 'keys, checkpoints and bundles of the audit trail, for who keeps proofs of it elsewhere',
    load: () => import('./commands/trail.js'),
  },
  {
    name: 'verify',
    summary: 'check a bundle of the audit trail against checkpoints that were kept outside',
    load: () => import('./commands/verify.js'),
  },
  {
    name: 'migrate',
    summary: 'bring the database to what this build needs, or tell what is missing',
    load: () => import('./commands/migrate.js'),
  },
  {
    name: 'seed',
    summary: 'fill an empty database with the demo company, small or large',
    load: () => import('./commands/seed.js'),
  },
  {
    name: 'rotate-key',
    summary: 'encrypt every stored secret under the current WEFT_ENCRYPTION_KEY',
    load: () => import('./commands/rotate-key.js'),
  },
  {
    name: 'token',
    summary: 'make a token for development, and the key file that verifies it',
    load: () => import('./commands/token.js'),
  },
  {
    name: 'compose',
    summary: 'compose the subgraphs into schema/supergraph.graphql (development)',
    load: () => import('./commands/compose.js'),
  },
  {
    name: 'doctor',
    summary: 'check configuration, database and schema, and advise on what is wrong',
    load: () => import('./commands/doctor.js'),
  },
];
