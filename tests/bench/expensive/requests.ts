/** Families of requests that are expensive in one way each, by a number that makes them more expensive. */

export interface Family {
  readonly name: string;
  /** The greatest number that other limits, of aliases, fields and filters, leave. */
  readonly most: number;
  readonly build: (n: number) => string;
}

const times = (n: number, text: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => text(i)).join(' ');
const looks = (field: string, n: number): string =>
  `filter: { or: [${times(n, (i) => `{ ${field}: { contains: "q${i}x" } }`)}] }`;
const equals = (field: string, n: number): string =>
  `filter: { or: [${times(n, (i) => `{ ${field}: { eq: "q${i}x" } }`)}] }`;
const aliases = (n: number, selection: string): string => times(n, (i) => `a${i}: ${selection}`);
const ofRepositories = (selection: string): string => `{ repositories(first: 100) { nodes { ${selection} } } }`;

export const families: readonly Family[] = [
  {
    name: 'an or of looks into texts, audit trail',
    most: 31,
    build: (n) => `{ auditTrail(first: 1, ${looks('user', n)}) { nodes { id } } }`,
  },
  {
    name: 'the same, evidence',
    most: 31,
    build: (n) => `{ evidences(first: 1, ${looks('content', n)}) { nodes { id } } }`,
  },
  {
    name: 'the same, links',
    most: 31,
    build: (n) => `{ traceabilityLinks(first: 1, ${looks('targetId', n)}) { nodes { id } } }`,
  },
  {
    name: 'the same, page and total',
    most: 31,
    build: (n) => `{ auditTrail(first: 1, ${looks('user', n)}) { totalCount nodes { id } } }`,
  },
  {
    name: 'fields with a look each',
    most: 20,
    build: (n) => `{ ${aliases(n, 'auditTrail(first: 1, filter: { user: { startsWith: "qx" } }) { nodes { id } }')} }`,
  },
  {
    name: 'an or of equal texts',
    most: 31,
    build: (n) => `{ auditTrail(first: 1, ${equals('user', n)}) { nodes { id } } }`,
  },
  { name: 'totals of the largest table', most: 20, build: (n) => `{ ${aliases(n, 'auditTrail { totalCount }')} }` },
  {
    name: 'totals under a condition that all rows meet',
    most: 20,
    build: (n) => `{ ${aliases(n, 'auditTrail(filter: { user: { nin: ["q"] } }) { totalCount }')} }`,
  },
  {
    name: 'looks of each repository',
    most: 31,
    build: (n) => ofRepositories(`links(first: 1, ${looks('targetId', n)}) { totalCount }`),
  },
  {
    name: 'gaps of each repository',
    most: 50,
    build: (n) => ofRepositories(aliases(n, 'gaps(first: 1) { totalCount nodes { __typename } }')),
  },
  {
    name: 'the matrix of each repository',
    most: 50,
    build: (n) =>
      ofRepositories(aliases(n, 'traceabilityMatrix(first: 1) { totalCount nodes { requirement { id } } }')),
  },
  {
    name: 'coverage of each repository',
    most: 50,
    build: (n) => ofRepositories(aliases(n, 'coverage { requirements { total covered deeplyCovered } }')),
  },
  {
    name: 'full pages of each repository',
    most: 50,
    build: (n) => ofRepositories(aliases(n, 'links(first: 100) { nodes { id targetId } }')),
  },
  {
    name: 'default pages of each repository',
    most: 50,
    build: (n) => ofRepositories(aliases(n, 'specifications { nodes { id title evidence { nodes { id } } } }')),
  },
  {
    name: 'totals of each repository',
    most: 50,
    build: (n) => ofRepositories(aliases(n, 'specifications(first: 1) { totalCount }')),
  },
  {
    name: 'the main chain, pages of n',
    most: 100,
    build: (n) =>
      `{ requirements(first: 100) { nodes { id title userStories(first: ${n}) { nodes { id title specifications(first: ${n}) { nodes { id title evidence(first: ${n}) { nodes { id title } } } } } } } } }`,
  },
  {
    name: 'the main chain, default pages',
    most: 100,
    build: (n) =>
      `{ requirements(first: ${n}) { nodes { id userStories { nodes { id specifications { nodes { id evidence { nodes { id } } } } } } } } }`,
  },
  {
    name: 'trails of each requirement',
    most: 50,
    build: (n) =>
      `{ requirements(first: 100) { nodes { ${aliases(n, 'auditTrail { totalCount nodes { id action } }')} } } }`,
  },
  {
    name: 'evidence that names each requirement',
    most: 50,
    build: (n) =>
      `{ requirements(first: 100) { nodes { ${aliases(n, 'extractedEvidence { totalCount nodes { id content } }')} } } }`,
  },
  {
    name: 'features of each requirement',
    most: 50,
    build: (n) =>
      `{ requirements(first: 100) { nodes { ${aliases(n, 'features { totalCount nodes { id name } }')} } } }`,
  },
  {
    name: 'searches of evidence',
    most: 20,
    build: (n) =>
      `{ ${times(n, (i) => `a${i}: searchEvidence(text: "user data system ${i}", mode: HYBRID, minSimilarity: -1, first: 100) { nodes { __typename } }`)} }`,
  },
  {
    name: 'searches of memory',
    most: 20,
    build: (n) =>
      `{ ${times(n, (i) => `a${i}: searchMemory(text: "user data system ${i}", first: 100) { nodes { __typename } }`)} }`,
  },
  {
    name: 'searches of artifacts',
    most: 20,
    build: (n) =>
      `{ ${times(n, (i) => `a${i}: searchArtifacts(query: "user or data or system or q${i}", first: 100) { nodes { __typename } }`)} }`,
  },
  { name: 'sums of usage', most: 20, build: (n) => `{ ${aliases(n, 'modelUsage { __typename }')} }` },
  { name: 'a part of the audit chain', most: 1, build: () => '{ verifyAuditTrail { isIntact } }' },
];
