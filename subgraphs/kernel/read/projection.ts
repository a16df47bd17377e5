/** Which columns a statement reads for a selection, and how the rows become what resolvers return. */
import { toGlobalId } from '../ids/index.js';
import type { EntityMap, FieldMap, RelationMap } from './entity-map.js';

/** A row as resolvers see it: fields by their GraphQL name, columns that relations need as `_column`. */
export type Row = Record<string, unknown>;

export interface Projection {
  /** `t.title as "title"` and so on, joined; never empty. */
  readonly columns: string;
  /** In place, once for each row. */
  readonly decode: (row: Row) => void;
}

export function fieldExpression(field: FieldMap, table: string): string {
  return typeof field.source === 'string' ? `${table}.${field.source}` : field.source(table);
}

/** The columns of the parent that a relation joins by. */
function parentColumns(relation: RelationMap): readonly string[] {
  switch (relation.kind) {
    case 'reference':
      return Object.values(relation.key);
    case 'connection':
    case 'one':
      return (relation.through?.parent ?? relation.on).map((pair) => pair.parent);
    case 'list':
      return relation.on.map((pair) => pair.parent);
  }
}

/** Adds what a set of field names needs to `columns` and `decoders`. */
export function project(
  entity: EntityMap,
  names: Iterable<string>,
  extra: ReadonlyMap<string, string> = new Map(),
): Projection {
  const columns = new Map<string, string>(extra);
  const decoders: ((row: Row) => void)[] = [];
  const hidden = (column: string): void => void columns.set(`_${column}`, `t.${column}`);
  for (const name of names) {
    const field = entity.fields[name];
    const relation = entity.relations?.[name];
    if (field !== undefined) {
      columns.set(name, fieldExpression(field, 't'));
      const decoder = decoderOf(name, field);
      if (decoder !== null) decoders.push(decoder);
    } else if (relation !== undefined) {
      parentColumns(relation).forEach(hidden);
    } else {
      entity.computed?.[name]?.forEach(hidden);
    }
  }
  return {
    columns:
      columns.size === 0
        ? '1 as "_"'
        : [...columns].map(([alias, expression]) => `${expression} as "${alias}"`).join(', '),
    decode: (row) => {
      for (const decoder of decoders) decoder(row);
    },
  };
}

/** What the driver's value still lacks to be the field's value; null when nothing. */
export function decoderOf(name: string, field: FieldMap): ((row: Row) => void) | null {
  const { kind, idType } = field;
  if (kind === 'id' && idType !== undefined) {
    return (row) => {
      if (row[name] !== null) row[name] = toGlobalId(idType, String(row[name]));
    };
  }
  if (kind === 'numeric') {
    return (row) => {
      if (row[name] !== null) row[name] = Number(row[name]);
    };
  }
  return null;
}
