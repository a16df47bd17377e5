/** What the tags of a supergraph say of the cost of asking. Whoever composes it tags fields, input fields and enum values. */
import {
  isEnumType,
  isInputObjectType,
  isObjectType,
  Kind,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';

/** `counts`: counts other rows for each row that is looked at. `sorts`: sorts rows by what no index has. */
export type CostMark = 'counts' | 'sorts';

const marks: Readonly<Record<string, CostMark>> = { 'cost-counts': 'counts', 'cost-sorts': 'sorts' };
const extension = 'weft:cost';

interface Marked {
  extensions: Readonly<Record<string, unknown>>;
}

export function costMarkOf(element: Marked | undefined): CostMark | undefined {
  return element?.extensions[extension] as CostMark | undefined;
}

/** Puts each mark of `supergraph` on the element of `schema` that it is of. */
export function markCosts(schema: GraphQLSchema, supergraph: DocumentNode): void {
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      const type = schema.getType(definition.name.value);
      const fields = isObjectType(type) || isInputObjectType(type) ? type.getFields() : {};
      for (const { name, directives } of definition.fields ?? []) mark(fields[name.value], directives);
    } else if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
      const type = schema.getType(definition.name.value);
      if (!isEnumType(type)) continue;
      for (const { name, directives } of definition.values ?? []) mark(type.getValue(name.value), directives);
    }
  }
}

function mark(element: Marked | null | undefined, directives: readonly ConstDirectiveNode[] | undefined): void {
  for (const directive of directives ?? []) {
    const value = directive.arguments?.[0]?.value;
    const found = directive.name.value === 'tag' && value?.kind === Kind.STRING ? marks[value.value] : undefined;
    if (element != null && found !== undefined) element.extensions = { ...element.extensions, [extension]: found };
  }
}
