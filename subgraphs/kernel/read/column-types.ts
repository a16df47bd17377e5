/** What an entity map says of the types of its table's columns, wherever in it. */
import type { EntityMap, FieldMap, Match } from './entity-map.js';

const known = new WeakMap<EntityMap, ReadonlyMap<string, string>>();

/** Column → PostgreSQL's type. A column that only computed fields read is not in it. */
export function columnTypes(entity: EntityMap): ReadonlyMap<string, string> {
  let types = known.get(entity);
  // Of two declarations the first counts: what a relation compares a column as comes last.
  if (types === undefined) known.set(entity, (types = new Map([...declaredTypes(entity)].reverse())));
  return types;
}

function* declaredTypes(entity: EntityMap): Generator<[string, string]> {
  for (const keys of [[entity.key], Object.values(entity.alternateKeys ?? {}), entity.compoundKey?.columns ?? []])
    for (const { column, sqlType } of keys) yield [column, sqlType];
  for (const fields of [entity.fields, entity.filterFields ?? {}])
    for (const { source, sqlType } of Object.values<FieldMap>(fields))
      if (typeof source === 'string') yield [source, sqlType];
  for (const relation of Object.values(entity.relations ?? {})) {
    if (relation.kind === 'union') yield [relation.column, 'text'];
    if (relation.kind === 'reference' || relation.kind === 'union') continue;
    const matches: readonly Match[] = (relation.kind !== 'list' ? relation.through?.parent : undefined) ?? relation.on;
    for (const { parent, sqlType } of matches) yield [parent, sqlType];
  }
}
