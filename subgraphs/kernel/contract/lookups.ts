/** The SDL of how one entity is found: the arguments of `Query` fields that the maps answer, and the description of ids. */
import type { EntityMap, ModelInput } from '../read/index.js';
import { describe, inWords, lowerFirst, type WrittenContract } from './written.js';

export function lookupFields(written: WrittenContract, model: ModelInput): string[] {
  const entities = new Map(model.entities.map((entity) => [entity.type, entity]));
  return Object.entries(model.queries).flatMap(([name, query]) => {
    const entity = entities.get(query.type);
    if (query.kind !== 'one' || entity === undefined || written.field('Query', name) === undefined) return [];
    const isAlone = query.arguments.length === 1;
    const given = query.arguments.map((argument) => {
      const shown = written.field(entity.type, argument)?.description?.value;
      const description = argument === 'id' ? describeKey(entity) : (shown ?? `Its ${inWords(argument)}.`);
      return `${describe(description)} ${argument}: ${argument === 'id' ? 'ID' : 'String'}${isAlone ? '!' : ''}`;
    });
    const words = inWords(lowerFirst(entity.type));
    const description = `${/^[aeiou]/.test(words) ? 'An' : 'A'} ${words} by its ${isAlone && query.arguments[0] === 'id' ? 'global id' : query.arguments.join(' or ')}. Null when there is none.`;
    return [`type Query { ${describe(description)} ${name}(${given.join('\n')}): ${entity.type} }`];
  });
}

/** `id` of each entity that a person says nothing about. */
export function keyDescriptions(written: WrittenContract, model: ModelInput): string[] {
  return model.entities
    .filter(({ type, fields }) => fields['id'] !== undefined && written.field(type, 'id') !== undefined)
    .map((entity) => `type ${entity.type} { ${describe(describeKey(entity))} id: ID! }`);
}

function describeKey({ type, key }: EntityMap): string {
  return key.sqlType === 'uuid' ? `Global id, \`${type}:\` and a UUID.` : `Global id, \`${type}:\` and its key.`;
}
