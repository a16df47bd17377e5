/** The SDL of connections and their edges, and of the arguments that choose a page. */
import { print } from 'graphql';
import { defaultPageSize, maxPageSize } from '../read/index.js';
import type { ConnectionPlace } from './connections.js';
import { describe } from './written.js';

export function connectionTypes({ connection, entity }: ConnectionPlace): string[] {
  const { type } = entity;
  return [
    `"A page of \`${type}\`."
    type ${connection}Connection {
      "The page's items with their cursors."
      edges: [${connection}Edge!]!
      "The page's items without cursors."
      nodes: [${type}!]!
      "Where the page stands in the list."
      pageInfo: PageInfo!
      "How many items there are in all pages. Counted only when selected."
      totalCount: NonNegativeInt!
    }`,
    `"A \`${type}\` in a page."
    type ${connection}Edge {
      "Place in the list, for \`after:\` and \`before:\`."
      cursor: String!
      "The item."
      node: ${type}!
    }`,
  ];
}

/** The field with its arguments, inside its type. */
export function pagingArguments(place: ConnectionPlace): string {
  const { owner, isInterface, field, filter, order } = place;
  return `${isInterface ? 'interface' : 'type'} ${owner} {
    ${field.name.value}(
      "How many from the list's start, 1 to ${maxPageSize}; ${defaultPageSize} when neither \`first\` nor \`last\` is given."
      first: Int
      "Only items behind this cursor."
      after: String
      "How many from the list's end, 1 to ${maxPageSize}. Not together with \`first\`."
      last: Int
      "Only items before this cursor."
      before: String
      ${filter === null ? '' : `"Only items that fulfil these conditions." filter: ${filter}`}
      ${order === null ? '' : `${describe(orderDescription(place))} orderBy: ${order}`}
    ): ${print(field.type)}
  }`;
}

function orderDescription({ entity, relation }: ConnectionPlace): string {
  const order = relation?.defaultOrder ?? entity.defaultOrder;
  return order === undefined
    ? `The order; without it by id. Equal items are ordered by id.`
    : `The order; without it \`${order.field}\` \`${order.direction}\`. Equal items are ordered by id.`;
}
