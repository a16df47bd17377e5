/** Plans level by level what the planner can't plan at once: what an entity selects is a part of its own, fetched after it. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { DeferredOperation, DeferUsage } from '../operation/deferred-operation.js';
import type { PlanNode } from './plan-nodes.js';
import { operationOf } from './selection-tree.js';
import { typenameField } from './selections.js';
import { splitPlan, type SplitPlanning } from './split-plan.js';

export type LevelPlanning = Omit<SplitPlanning, 'toPlannable' | 'byKeysAlone'>;

/** Each takes the planner several attempts; more than these would keep everybody waiting. */
const maxParts = 100;

/** What one part is: all that an entity selects, or one field of it. */
export type Grain = 'entity' | 'field';

/** Throws when a part can't be planned either. */
export function planByLevels(document: DocumentNode, grain: Grain, planning: LevelPlanning): PlanNode {
  const levels = toLevels(document, grain, planning);
  const { first, deferred } = splitPlan(levels, {
    ...planning,
    byKeysAlone: true,
    toPlannable: (operation) =>
      operation.selectionSet.selections.length === 0 ? null : { kind: Kind.DOCUMENT, definitions: [operation] },
  });
  const after = (parent: DeferUsage | null, own: PlanNode | null | undefined): PlanNode[] => {
    const inside = levels.usages
      .filter((usage) => usage.parent === parent)
      .flatMap((usage): PlanNode[] => {
        const nodes = after(usage, deferred.get(usage)?.plan);
        return nodes.length > 1 ? [{ kind: 'Sequence', nodes }] : nodes;
      });
    return [
      ...(own?.kind === 'Sequence' ? own.nodes : own ? [own] : []),
      ...(inside.length > 1 ? [{ kind: 'Parallel', nodes: inside } as const] : inside),
    ];
  };
  return { kind: 'Sequence', nodes: after(null, first.plan) };
}

/** As if each entity's selections were a deferred fragment. */
function toLevels(document: DocumentNode, grain: Grain, { schema, keyCount }: LevelPlanning): DeferredOperation {
  const operation = operationOf(document);
  const usages = new Map<DirectiveNode, DeferUsage>();

  const hasKey = (type: GraphQLCompositeType) =>
    (isAbstractType(type) ? schema.getPossibleTypes(type) : [type]).some(({ name }) => keyCount(name) > 0);

  function write(
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    parent: DeferUsage | null,
  ): SelectionSetNode {
    return toSelectionSet(selections.map((selection) => writeOne(selection, type, parent)));
  }

  function writeOne(selection: SelectionNode, type: GraphQLCompositeType, parent: DeferUsage | null): SelectionNode {
    if (selection.kind === Kind.FRAGMENT_SPREAD || selection.selectionSet === undefined) return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = schema.getType(selection.typeCondition?.name.value ?? type.name);
      return isCompositeType(condition)
        ? { ...selection, selectionSet: write(selection.selectionSet, condition, parent) }
        : selection;
    }
    const field = isUnionType(type) ? undefined : type.getFields()[selection.name.value];
    const below = field && getNamedType(field.type);
    if (!isCompositeType(below)) return selection;
    const selectionSet =
      hasKey(below) || below === schema.getQueryType()
        ? toSelectionSet([typenameField, ...apart(selection.selectionSet, below, parent)])
        : write(selection.selectionSet, below, parent);
    return { ...selection, selectionSet };
  }

  function apart(
    selectionSet: SelectionSetNode,
    type: GraphQLCompositeType,
    parent: DeferUsage | null,
  ): SelectionNode[] {
    return grain === 'entity'
      ? [part(selectionSet, type, parent)]
      : oneByOne(selectionSet).map((one) => part(toSelectionSet([one]), type, parent));
  }

  function part(selectionSet: SelectionSetNode, type: GraphQLCompositeType, parent: DeferUsage | null): SelectionNode {
    const usage = { label: undefined, parent, selectionSet };
    const mark: DirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'defer' } };
    usages.set(mark, usage);
    if (usages.size > maxParts) throw new Error(`more than ${maxParts} parts would have to be planned one by one`);
    usage.selectionSet = write(selectionSet, type, usage);
    return { kind: Kind.INLINE_FRAGMENT, directives: [mark], selectionSet: usage.selectionSet };
  }

  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`the schema has no ${operation.operation} type`);
  const written = { ...operation, selectionSet: write(operation.selectionSet, root, null) };
  const usageOf = ({ directives }: InlineFragmentNode) => usages.get(directives?.[0] as DirectiveNode);
  return { operation: written, usages: [...usages.values()], usageOf };
}

/** Each field by itself, with the type conditions around it. */
function oneByOne({ selections }: SelectionSetNode): SelectionNode[] {
  return selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind !== Kind.INLINE_FRAGMENT) return [selection];
    return oneByOne(selection.selectionSet).map((one) => ({ ...selection, selectionSet: toSelectionSet([one]) }));
  });
}

function toSelectionSet(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}
