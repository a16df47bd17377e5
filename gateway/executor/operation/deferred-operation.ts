/** Writes an operation out for one set of variables, and finds the fragments of it that are deferred then. */
import {
  Kind,
  type DirectiveNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { isCondition } from './field-groups.js';

/** Selections after fragments are written out. */
const maxSelections = 20_000;

/** One fragment to deliver apart from what is around it. */
export interface DeferUsage {
  readonly label: string | undefined;
  /** The deferred fragment around this one. */
  readonly parent: DeferUsage | null;
  /** With the deferred fragments inside it. */
  readonly selectionSet: SelectionSetNode;
}

export interface DeferredOperation {
  /** Its fragments are inlined, its conditions decided, and of its `@defer` those are left that hold. */
  readonly operation: OperationDefinitionNode;
  /** Outer ones before those inside them. */
  readonly usages: readonly DeferUsage[];
  /** Undefined for a fragment that is not deferred. Also knows the fragments of an operation that was made of this one's nodes. */
  readonly usageOf: (fragment: InlineFragmentNode) => DeferUsage | undefined;
}

/** Where a selection stands among those of one place. */
interface Within {
  readonly conditions: string;
  /** Fragments that were written out here already: a second time they would add nothing. */
  readonly spread: Set<string>;
}

function newPlace(): Within {
  return { conditions: '', spread: new Set() };
}

function isFirst(fragment: string, { conditions, spread }: Within): boolean {
  const key = `${fragment}${conditions}`;
  return !spread.has(key) && spread.add(key).size > 0;
}

export function isDefer(directive: DirectiveNode): boolean {
  return directive.name.value === 'defer';
}

export function toDeferredOperation(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Readonly<Record<string, unknown>>,
): DeferredOperation {
  const usages = new Map<DirectiveNode, DeferUsage>();
  let count = 0;

  function write(selectionSet: SelectionSetNode, parent: DeferUsage | null, within: Within): SelectionSetNode {
    const selections = selectionSet.selections.flatMap((selection) => writeOne(selection, parent, within));
    return { kind: Kind.SELECTION_SET, selections };
  }

  function writeOne(selection: SelectionNode, parent: DeferUsage | null, within: Within): SelectionNode[] {
    if (!isWanted(selection.directives, variables)) return [];
    count += 1;
    if (count > maxSelections) {
      const message = `The operation has more than ${maxSelections} selections once its fragments are written out.`;
      throw new RequestError('LIMIT_EXCEEDED', message);
    }
    const directives = (selection.directives ?? []).filter((one) => !isCondition(one) && !isDefer(one));
    if (selection.kind === Kind.FIELD) {
      const { selectionSet, ...field } = selection;
      return [{ ...field, directives, ...(selectionSet && { selectionSet: write(selectionSet, parent, newPlace()) }) }];
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return [];
    const inlined = {
      kind: Kind.INLINE_FRAGMENT,
      ...(fragment.typeCondition && { typeCondition: fragment.typeCondition }),
    } as const;
    const condition = fragment.typeCondition?.name.value;
    const inside = condition === undefined ? within : { ...within, conditions: `${within.conditions} ${condition}` };
    const defer = selection.directives?.find((directive) => isDefer(directive) && isActive(directive, variables));
    if (defer === undefined) {
      if (selection.kind === Kind.FRAGMENT_SPREAD && !isFirst(selection.name.value, within)) return [];
      return [{ ...inlined, directives, selectionSet: write(fragment.selectionSet, parent, inside) }];
    }
    // A node of its own for each place: a fragment may be spread, deferred, at several.
    const own: DirectiveNode = { ...defer };
    const usage = { label: labelOf(defer), parent, selectionSet: fragment.selectionSet };
    usages.set(own, usage);
    usage.selectionSet = write(fragment.selectionSet, usage, { ...inside, spread: new Set() });
    return [{ ...inlined, directives: [...directives, own], selectionSet: usage.selectionSet }];
  }

  const written = { ...operation, selectionSet: write(operation.selectionSet, null, newPlace()) };
  return {
    operation: written,
    usages: [...usages.values()],
    usageOf(fragment) {
      for (const directive of fragment.directives ?? []) {
        const usage = usages.get(directive);
        if (usage !== undefined) return usage;
      }
      return undefined;
    },
  };
}

/** As if no fragment of it were deferred. */
export function withoutDefers({ operation }: DeferredOperation): DeferredOperation {
  return { operation, usages: [], usageOf: () => undefined };
}

/** `if` is true when it is left out. */
function isActive(defer: DirectiveNode, variables: Readonly<Record<string, unknown>>): boolean {
  const value = defer.arguments?.find(({ name }) => name.value === 'if')?.value;
  if (value?.kind === Kind.VARIABLE) return variables[value.name.value] !== false;
  return value?.kind !== Kind.BOOLEAN || value.value;
}

function isWanted(
  directives: readonly DirectiveNode[] | undefined,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return (directives ?? []).filter(isCondition).every((directive) => {
    const value = directive.arguments?.[0]?.value;
    const holds =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value] === true
        : value?.kind === Kind.BOOLEAN && value.value;
    return holds === (directive.name.value === 'include');
  });
}

function labelOf(defer: DirectiveNode): string | undefined {
  const value = defer.arguments?.find(({ name }) => name.value === 'label')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

/** The operation without its deferred fragments, or what leads to the fragment of `usage`, and that without those inside it. */
export function partOf(
  { operation, usageOf }: Pick<DeferredOperation, 'operation' | 'usageOf'>,
  usage: DeferUsage | null,
): OperationDefinitionNode {
  const ancestors = new Set<DeferUsage>();
  for (let at = usage; at !== null; at = at.parent) ancestors.add(at);

  /** Only what leads there. */
  function leading({ selections }: SelectionSetNode): SelectionSetNode {
    return {
      kind: Kind.SELECTION_SET,
      selections: selections.flatMap((selection): SelectionNode[] => {
        if (selection.kind === Kind.FRAGMENT_SPREAD || selection.selectionSet === undefined) return [];
        const deferred = selection.kind === Kind.INLINE_FRAGMENT ? usageOf(selection) : undefined;
        if (deferred !== undefined && !ancestors.has(deferred)) return [];
        const selectionSet =
          deferred === usage && deferred !== undefined
            ? ownSelections(selection.selectionSet, usageOf)
            : leading(selection.selectionSet);
        if (deferred !== usage && selectionSet.selections.length === 0) return [];
        return [{ ...selection, selectionSet }];
      }),
    };
  }

  const selectionSet =
    usage === null ? ownSelections(operation.selectionSet, usageOf) : leading(operation.selectionSet);
  return { ...operation, selectionSet };
}

/** Without what is deferred. */
export function ownSelections(
  { selections }: SelectionSetNode,
  usageOf: DeferredOperation['usageOf'],
): SelectionSetNode {
  return {
    kind: Kind.SELECTION_SET,
    selections: selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.INLINE_FRAGMENT && usageOf(selection) !== undefined) return [];
      if (selection.kind === Kind.FRAGMENT_SPREAD || selection.selectionSet === undefined) return [selection];
      return [{ ...selection, selectionSet: ownSelections(selection.selectionSet, usageOf) }];
    }),
  };
}
