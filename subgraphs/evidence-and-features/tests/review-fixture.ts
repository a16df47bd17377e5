/** Features to review, and the mutations of reviewers with all that they change. */
/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return -- answers of unknown shape */
import { openTestDatabase } from '../../../tests/testkit/index.js';
import type { Database } from '../../kernel/db/index.js';
import { insertDocument, insertFeature } from './rows.js';
import { TestSubgraph, type Caller } from './subgraph-fixture.js';

export const selection = `id name description status version confidenceScore reviewedBy reviewedAt tags notes isInferred metadata
  parentFeature { name } mergedInto { name } mergedFrom { nodes { name } } childFeatures { nodes { name } }
  evidence { edges { relationshipType strength reasoning node { content } } }
  changes(orderBy: { field: CHANGED_AT, direction: ASC }) { nodes { action changedBy oldValues newValues } }`;

export const featureId = (key: string): string => `Feature:${key}`;

export function codes(payload: { userErrors: { code: string }[] }): string[] {
  return payload.userErrors.map((error) => error.code);
}

type Links = Parameters<typeof insertFeature>[2];

export interface Review {
  readonly database: Database;
  readonly subgraph: TestSubgraph;
  /** Keys of five pieces of evidence. */
  readonly facts: readonly string[];
  change(field: string, input: Record<string, unknown>, more?: string, caller?: Caller): Promise<any>;
  read(key: string): Promise<any>;
  /** A candidate with links and a parent. Answers its key. */
  candidate(links?: Links, parentId?: string): Promise<string>;
  close(): Promise<void>;
}

export async function openReview(): Promise<Review> {
  const opened = await openTestDatabase();
  const { database } = opened;
  const subgraph = new TestSubgraph(database);
  const contents = [
    'Users log in',
    'POST /login: opens a session',
    'Passwords expire',
    'The session is lost',
    'Logs out',
  ];
  const facts = contents.map((content) => ({ type: 'requirement', content }));
  const { evidenceIds } = await insertDocument(database, 'login.md', facts, { embedded: false });
  let count = 0;
  return {
    database,
    subgraph,
    facts: evidenceIds,
    change: (field, input, more = '', caller = 'reviewer') =>
      subgraph.mutate(field, input, `feature { ${selection} } ${more}`, caller),
    read: async (key) => {
      const query = `query ($id: ID!) { feature(id: $id) { ${selection} } }`;
      return (await subgraph.ask(query, { id: featureId(key) })).data.feature;
    },
    candidate: (links = [], parentId = '') => {
      count += 1;
      return insertFeature(database, { name: `Feature ${count}`, ...(parentId !== '' && { parentId }) }, links);
    },
    close: () => opened.close(),
  };
}
