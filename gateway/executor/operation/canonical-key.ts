/** Names the place where a field's value stands in the gathered data: by what is asked, whatever the client calls it. */
import { createHash } from 'node:crypto';
import { Kind, print, type FieldNode, type ValueNode } from 'graphql';

const known = new WeakMap<FieldNode, string>();

/**
 * A field without arguments stands under its own name, where keys and `@requires` look for it too; one with arguments
 * under its name and a digest of them. So two selections share a place only when they ask for the same, and no name
 * that a client chose can hide what an entity's key, or another type's field, needs.
 */
export function canonicalKey(field: FieldNode): string {
  const { name, arguments: given } = field;
  if (!given?.length) return name.value;
  let key = known.get(field);
  if (key === undefined) {
    const sorted = given.map((argument) => `${argument.name.value}:${print(sortedValue(argument.value))}`).sort();
    known.set(field, (key = `${name.value}_${digest(sorted.join())}`));
  }
  return key;
}

/** A root field of a mutation runs once for each name that it is given. */
export function canonicalMutationKey(field: FieldNode): string {
  return `${field.name.value}_${digest(`${field.alias?.value ?? ''} ${canonicalKey(field)}`)}`;
}

/** Fields of one selection set are told apart by it: 48 bits are plenty. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Validation takes two input objects for the same whatever the order of their fields. */
function sortedValue(value: ValueNode): ValueNode {
  if (value.kind === Kind.LIST) return { ...value, values: value.values.map(sortedValue) };
  if (value.kind !== Kind.OBJECT) return value;
  const fields = value.fields.map((field) => ({ ...field, value: sortedValue(field.value) }));
  return { ...value, fields: fields.sort((one, other) => (one.name.value < other.name.value ? -1 : 1)) };
}
