/** Takes fetches of entities apart that require one field with different arguments: a representation has but one place for it. */
import {
  Kind,
  parse,
  print,
  visit,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { areCompatible, type ArgumentedRequirements } from './argumented-requirements.js';
import type { BatchFetchNode, EntityBatchAlias, RequiredSelection } from './plan-nodes.js';
import { writtenOut } from './written-out.js';

/** Fields of one entity that one representation can serve. */
interface Share {
  readonly fields: Set<string>;
  readonly sources: Map<string, ReadonlySet<string>>;
}

/** `node` itself when one representation serves all that it asks for. `graph`: its subgraph in the `join__Graph` enum. */
export function splitRequirements(
  node: BatchFetchNode,
  graph: string,
  requirements: ArgumentedRequirements,
): BatchFetchNode {
  if (requirements.isPlain) return node;
  const operation = writtenOut(parse(node.operation, { noLocation: true }));
  const aliases: EntityBatchAlias[] = [];
  const fields: SelectionNode[] = [];
  const variables: VariableDefinitionNode[] = [];
  for (const alias of node.entityBatch.aliases) {
    const field = operation.selectionSet.selections.find((selection) => isNamed(selection, alias.alias));
    if (field === undefined) return node;
    const shares = sharesOf(field, graph, requirements);
    if (shares.length < 2) {
      aliases.push(alias);
      fields.push(field);
      continue;
    }
    shares.forEach((share, i) => {
      const name = `${alias.alias}_${i}`;
      const variable = `${alias.alias}_representations_${i}`;
      const requires = requiredBy(alias.requires, share, shares);
      aliases.push({ ...alias, alias: name, representationsVariableName: variable, requires });
      fields.push(shareOf(field, name, variable, share));
      variables.push(representationsOf(operation, alias.representationsVariableName, variable));
    });
  }
  if (variables.length === 0) return node;
  const used = new Set(aliases.map(({ representationsVariableName }) => representationsVariableName));
  const kept = (operation.variableDefinitions ?? []).filter(
    ({ variable }) => used.has(variable.name.value) || (node.variableUsages ?? []).includes(variable.name.value),
  );
  const split: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [...kept, ...variables],
    selectionSet: { kind: Kind.SELECTION_SET, selections: fields },
  };
  return { ...node, operation: print(split), entityBatch: { aliases } };
}

function isNamed(selection: SelectionNode, name: string): selection is FieldNode {
  return selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === name;
}

function sharesOf({ selectionSet }: FieldNode, graph: string, requirements: ArgumentedRequirements): Share[] {
  const shares: Share[] = [];
  for (const { type, name, key } of fieldsOf(selectionSet?.selections ?? [], '')) {
    const sources = requirements.sourcesOf({ graph, type, field: name }) ?? new Map<string, ReadonlySet<string>>();
    let share = shares.find((other) => areCompatible(sources, other.sources));
    if (share === undefined) shares.push((share = { fields: new Set(), sources: new Map() }));
    share.fields.add(key);
    for (const [place, from] of sources) share.sources.set(place, from);
  }
  return shares;
}

/** The fields of the entities themselves, each with the type that it is asked of. */
function fieldsOf(selections: readonly SelectionNode[], type: string): { type: string; name: string; key: string }[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return fieldsOf(selection.selectionSet.selections, selection.typeCondition?.name.value ?? type);
    }
    const key = (selection.alias ?? selection.name).value;
    return [{ type, name: selection.name.value, key: `${type}.${key}` }];
  });
}

function shareOf(field: FieldNode, alias: string, variable: string, share: Share): FieldNode {
  const keep = (selections: readonly SelectionNode[], type: string): SelectionNode[] =>
    selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      if (selection.kind === Kind.FIELD) {
        return share.fields.has(`${type}.${(selection.alias ?? selection.name).value}`) ? [selection] : [];
      }
      const inside = keep(selection.selectionSet.selections, selection.typeCondition?.name.value ?? type);
      if (inside.length === 0) return [];
      return [{ ...selection, selectionSet: { kind: Kind.SELECTION_SET, selections: inside } }];
    });
  return {
    ...field,
    alias: { kind: Kind.NAME, value: alias },
    arguments: (field.arguments ?? []).map((argument) =>
      argument.name.value === 'representations'
        ? { ...argument, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } } }
        : argument,
    ),
    selectionSet: { kind: Kind.SELECTION_SET, selections: keep(field.selectionSet?.selections ?? [], '') },
  };
}

function representationsOf(operation: OperationDefinitionNode, like: string, name: string): VariableDefinitionNode {
  const known = operation.variableDefinitions?.find(({ variable }) => variable.name.value === like);
  if (known === undefined) throw new Error(`the plan's fetch has no variable ${like}`);
  return visit(known, { Variable: (node) => ({ ...node, name: { kind: Kind.NAME, value: name } }) });
}

/** Without what only the other shares need. */
function requiredBy(
  requires: readonly RequiredSelection[],
  share: Share,
  shares: readonly Share[],
): readonly RequiredSelection[] {
  const own = sourcesIn([share]);
  const others = sourcesIn(shares.filter((other) => other !== share));
  const filter = (selections: readonly RequiredSelection[], from: string): RequiredSelection[] =>
    selections.flatMap((selection): RequiredSelection[] => {
      if (selection.kind === 'FragmentSpread') return [selection];
      if (selection.kind === 'InlineFragment')
        return [{ ...selection, selections: filter(selection.selections, from) }];
      const source = `${from}.${selection.alias ?? selection.name}`;
      if (others.has(source) && !own.has(source)) return [];
      return [selection.selections ? { ...selection, selections: filter(selection.selections, source) } : selection];
    });
  return filter(requires, '');
}

function sourcesIn(shares: readonly Share[]): ReadonlySet<string> {
  return new Set(shares.flatMap(({ sources }) => [...sources.values()].flatMap((from) => [...from])));
}
