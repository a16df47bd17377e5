/** Two small domains and a platform subgraph, built as the real ones are. */
import { readFileSync } from 'node:fs';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import type { SchemaSources } from '../subgraph-sdl.js';

const platform = /* GraphQL */ `
  "Anything with a global id."
  interface Node @key(fields: "id") {
    "The global id."
    id: ID!
    "When it was last changed."
    changedAt: DateTime
  }

  type Query {
    "Any entity by its id."
    node(id: ID!): Node
  }

  type Subscription {
    "What changes."
    changes: Node
  }
`;

const traceability = /* GraphQL */ `
  type Query {
    requirements(filter: RequirementFilter, direction: OrderDirection): RequirementConnection!
  }

  type Mutation {
    requirementCreate(title: String!): RequirementPayload! @authenticated
  }

  type RequirementPayload {
    requirement: Requirement
    userErrors: [UserError!]!
  }

  type Requirement @key(fields: "id") {
    id: ID!
    title: String!
  }

  type RequirementConnection {
    nodes: [Requirement!]!
    pageInfo: PageInfo!
  }

  input RequirementFilter {
    title: StringFilter
  }

  type Repository @key(fields: "id") @key(fields: "fullName") {
    id: ID!
    fullName: String!
    requirements: [Requirement!]!
  }
`;

const workflow = /* GraphQL */ `
  type Query {
    workItems(first: Int): [WorkItem!]!
  }

  type WorkItem @key(fields: "id") {
    id: ID!
    subject: Subject
    priority: NonNegativeInt!
  }

  union Subject = Requirement

  type Requirement @key(fields: "id", resolvable: false) {
    id: ID!
  }

  type Repository @key(fields: "fullName") {
    fullName: String!
    openItems: Int
  }
`;

export const fixture: SchemaSources = {
  shared: readFileSync(packagePath('schema', 'shared.graphql'), 'utf8'),
  subgraphs: { platform, traceability, workflow },
};

export function fixtureWith(subgraphs: Record<string, string>): SchemaSources {
  return { ...fixture, subgraphs: { ...fixture.subgraphs, ...subgraphs } };
}
