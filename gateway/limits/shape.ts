/**
 * The limits that depend on the document alone. They are checked before validation, because validation itself is what
 * a hostile document makes expensive: its cost grows with the square of the fields that are selected again and again.
 */
import {
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { checkExpansion } from './expansion.js';
import { limitExceeded, type OperationLimits } from './limits.js';
import { checkLiterals } from './literals.js';
import { fragmentsOf, groupFields, selectionSetsOf, type FieldGroup, type Fragments } from './selections.js';

/** Throws LIMIT_EXCEEDED. The document need not be valid: fragments may be missing, unused, or spread themselves. */
export function measureDocument(document: DocumentNode, limits: OperationLimits): void {
  const fragments = fragmentsOf(document);
  checkDefinitions(document);
  checkDirectives(document, limits);
  checkLiterals(document);
  for (const definition of checkExpansion(document, fragments, limits)) {
    measureDefinition(definition, fragments, limits);
  }
}

function measureDefinition(
  definition: OperationDefinitionNode | FragmentDefinitionNode,
  fragments: Fragments,
  limits: OperationLimits,
): void {
  let fields = 0;
  let aliases = 0;
  let repeated = 0;

  function measure(selectionSets: readonly SelectionSetNode[], depth: number, charged: boolean): void {
    if (charged && depth > limits.maxDepth) throw limitExceeded('depth', depth, limits.maxDepth);
    const groups = groupFields(selectionSets, fragments, (field) => {
      fields += 1;
      if (fields > limits.maxFields) throw limitExceeded('fields', null, limits.maxFields);
      if (field.alias !== undefined) aliases += 1;
    });
    if (aliases > limits.maxAliases) throw limitExceeded('aliases', aliases, limits.maxAliases);
    if (depth === 1 && definition.kind === Kind.OPERATION_DEFINITION && groups.length > limits.maxRootFields) {
      throw limitExceeded('rootFields', groups.length, limits.maxRootFields);
    }
    for (const group of groups) repeated += group.nodes.length - 1;
    if (repeated > limits.maxRepeatedFields) {
      throw limitExceeded('repeatedFields', repeated, limits.maxRepeatedFields);
    }
    checkIntrospection(groups, charged);
    for (const group of groups) {
      const inside = selectionSetsOf(group);
      if (inside.length > 0) measure(inside, depth + 1, charged && !isIntrospectionRoot(group.nodes[0]?.name.value));
    }
  }
  measure([definition.selectionSet], 1, true);
}

/**
 * No list of an introspection under two names: one is as long as the schema, which is thousands of types and fields. `__type` is
 * of one type, and may be asked for several.
 */
function checkIntrospection(groups: readonly FieldGroup[], charged: boolean): void {
  const keys = new Map<string, Set<string>>();
  for (const group of groups) {
    const name = group.nodes[0]?.name.value ?? '';
    if (selectionSetsOf(group).length === 0 || (charged && name !== '__schema')) continue;
    const known = keys.get(name) ?? new Set();
    keys.set(name, known.add(group.key));
    if (known.size > 1) throw limitExceeded('introspection', known.size, 1);
  }
}

export function isIntrospectionRoot(fieldName: string | undefined): boolean {
  return fieldName === '__schema' || fieldName === '__type';
}

/** Each is walked by itself, with all that it spreads. */
const maxOperations = 100;
/** As operations are, where nothing spreads them. */
const maxFragments = 250;
/** Of one operation: rules of validation look each of them up wherever it is used. */
const maxVariables = 250;

function checkDefinitions({ definitions }: DocumentNode): void {
  let operations = 0;
  let fragments = 0;
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments += 1;
    if (fragments > maxFragments) throw limitExceeded('fragments', null, maxFragments);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    operations += 1;
    if (operations > maxOperations) throw limitExceeded('operations', null, maxOperations);
    const variables = definition.variableDefinitions?.length ?? 0;
    if (variables > maxVariables) throw limitExceeded('variables', variables, maxVariables);
  }
}

function checkDirectives(document: DocumentNode, limits: OperationLimits): void {
  let directives = 0;
  visit(document, { Directive: () => void (directives += 1) });
  if (directives > limits.maxDirectives) throw limitExceeded('directives', directives, limits.maxDirectives);
}
