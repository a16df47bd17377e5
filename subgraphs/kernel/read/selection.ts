/** Which fields of a type a request selects below a field, and what may be remembered of that. */
import {
  isAbstractType,
  isObjectType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from 'graphql';

/** What is read of graphql's resolve info; graphql-jit gives the same. */
export type SelectionInfo = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'schema' | 'variableValues'>;

/** Selected fields of `typeName` below `nodes`, by name; a field selected under several aliases has several nodes. */
export function selectedFields(
  nodes: readonly FieldNode[],
  typeName: string,
  info: SelectionInfo,
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  const walk = (selectionSet: SelectionSetNode | undefined): void => {
    for (const selection of selectionSet?.selections ?? []) {
      if (!isIncluded(selection.directives, info)) continue;
      if (selection.kind === Kind.FIELD) {
        const known = fields.get(selection.name.value);
        if (known === undefined) fields.set(selection.name.value, [selection]);
        else known.push(selection);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        // Once is enough, and fragments that spread each other twice would double the work at every step.
        if (spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition?.name.value;
      if (condition === undefined || appliesTo(condition, typeName, info)) walk(fragment.selectionSet);
    }
  };
  for (const node of nodes) walk(node.selectionSet);
  return fields;
}

function appliesTo(condition: string, typeName: string, info: SelectionInfo): boolean {
  if (condition === typeName) return true;
  const abstract = info.schema.getType(condition);
  const object = info.schema.getType(typeName);
  return isAbstractType(abstract) && isObjectType(object) && info.schema.isSubType(abstract, object);
}

function isIncluded(directives: readonly DirectiveNode[] | undefined, info: SelectionInfo): boolean {
  for (const directive of directives ?? []) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const condition = directive.arguments?.[0]?.value;
    const value =
      condition?.kind === Kind.VARIABLE
        ? info.variableValues[condition.name.value] === true
        : condition?.kind === Kind.BOOLEAN && condition.value;
    if (value === (name === 'skip')) return false;
  }
  return true;
}

/** Names of the variables that `@skip` and `@include` anywhere below `nodes` depend on, in a stable order. */
function conditionVariables(nodes: readonly FieldNode[], info: SelectionInfo): string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const walk = (selectionSet: SelectionSetNode | undefined): void => {
    for (const selection of selectionSet?.selections ?? []) {
      for (const directive of selection.directives ?? []) {
        const condition = directive.arguments?.[0]?.value;
        if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        walk(selection.selectionSet);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        walk(info.fragments[selection.name.value]?.selectionSet);
      }
    }
  };
  for (const node of nodes) walk(node.selectionSet);
  return [...names];
}

interface NodeEntry<Plan> {
  conditions?: readonly string[];
  readonly plans: Map<string, Plan>;
  readonly next: WeakMap<FieldNode, NodeEntry<Plan>>;
}

/** Combinations of conditions kept for one place: a caller can ask for two to the power of its variables. */
const mostPlans = 256;

/**
 * Remembers one plan for each place of a document (graphql and graphql-jit hand the same nodes every time), and for each
 * combination of the `@skip`/`@include` variables below it. It lives as long as the document does.
 */
export class SelectionPlans<Plan> {
  private readonly root = new WeakMap<FieldNode, NodeEntry<Plan>>();

  get(info: SelectionInfo, make: () => Plan): Plan {
    // A field merged from several places has several nodes, and the first may belong to other merges too: all are the key.
    let entries = this.root;
    let entry: NodeEntry<Plan> | undefined;
    for (const node of info.fieldNodes) {
      entry = entries.get(node);
      if (entry === undefined) entries.set(node, (entry = { plans: new Map(), next: new WeakMap() }));
      entries = entry.next;
    }
    if (entry === undefined) return make();
    entry.conditions ??= conditionVariables(info.fieldNodes, info);
    const key = entry.conditions.map((name) => (info.variableValues[name] === true ? '1' : '0')).join('');
    let plan = entry.plans.get(key);
    if (plan === undefined) {
      if (entry.plans.size >= mostPlans) entry.plans.clear();
      entry.plans.set(key, (plan = make()));
    }
    return plan;
  }
}
