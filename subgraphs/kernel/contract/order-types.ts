/** The SDL of what a connection can be ordered by. */
import { ordersOf } from '../read/index.js';
import type { ConnectionPlace } from './connections.js';
import { camelCase, describe, inWords, type WrittenContract } from './written.js';

export function orderTypes(written: WrittenContract, { entity, relation, order }: ConnectionPlace): string[] {
  const name = order ?? '';
  const values = Object.keys(ordersOf(entity, relation)).map((value) => {
    const field = camelCase(value);
    const shown = written.field(entity.type, field)?.description?.value;
    return `${describe(shown ?? `By its ${inWords(field)}.`)} ${value}`;
  });
  return [
    `"An order of \`${entity.type}\`. Equal ones are ordered by id."
    input ${name} {
      "What to order by."
      field: ${name}Field!
      "Which end comes first."
      direction: OrderDirection! = ASC
      "How equal ones are ordered, the first entry first. At most 4 fields in all."
      thenBy: [${name}!]
    }`,
    `"What a \`${entity.type}\` can be ordered by."
    enum ${name}Field { ${values.join('\n')} }`,
  ];
}
