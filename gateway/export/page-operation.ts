/** The operation that asks for one page of a connection: the caller's own, with a size and a cursor as variables. */
import {
  Kind,
  parse,
  print,
  visit,
  type ASTNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { SelectedField, Selecting } from './selected-fields.js';

/** What is selected of a connection's items. */
export interface ItemSelection {
  readonly selectionSets: readonly SelectionSetNode[];
  /** False where items are reached by edges alone. */
  readonly hasNodes: boolean;
}

export interface PageOperation {
  readonly source: string;
  /** Names of its variables. */
  readonly first: string;
  readonly after: string;
}

const ofPaging = new Set(['first', 'after', 'last', 'before']);

/** `path` leads from the root to the connection, which is the last of it. */
export function pageOperation(
  operation: OperationDefinitionNode,
  { fragments }: Selecting,
  path: readonly SelectedField[],
  { selectionSets, hasNodes }: ItemSelection,
): PageOperation {
  const connection = path.at(-1) as SelectedField;
  const taken = new Set(operation.variableDefinitions?.map(({ variable }) => variable.name.value));
  const first = unusedName('first', taken);
  const after = unusedName('after', taken);
  const items = printSelections(selectionSets);
  const rows = hasNodes ? `nodes ${items}` : `edges { node ${items} }`;
  const kept = connection.nodes[0]?.arguments?.filter(({ name }) => !ofPaging.has(name.value)) ?? [];
  const arguments_ = [...kept.map(print), `first: $${first}`, `after: $${after}`].join(', ');
  let selection = `{ ${nameOf(connection)}(${arguments_}) { ${rows} pageInfo { hasNextPage endCursor } } }`;
  for (let i = path.length - 1; i >= 0; i--) {
    const { owner } = path[i] as SelectedField;
    const around = path[i - 1];
    if (around === undefined) break;
    const [node] = around.nodes as [FieldNode];
    const given = node.arguments?.length ? `(${node.arguments.map(print).join(', ')})` : '';
    selection = `{ ${nameOf(around)}${given} { ... on ${owner.name} ${selection} } }`;
  }
  const spread = reachable(parse(selection), fragments);
  const used = variablesIn([parse(selection), ...spread]);
  const { field } = connection;
  const typeOf = (argument: string): string =>
    String(field?.args.find(({ name }) => name === argument)?.type ?? (argument === 'first' ? 'Int' : 'String'));
  const definitions = [
    ...(operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)).map(print),
    `$${first}: ${typeOf('first')}`,
    `$${after}: ${typeOf('after')}`,
  ];
  const name = operation.name === undefined ? '' : ` ${operation.name.value}`;
  const source = [`query${name}(${definitions.join(', ')}) ${selection}`, ...spread.map(print)].join('\n');
  return { source: print(parse(source)), first, after };
}

function nameOf({ key, nodes: [node] }: SelectedField): string {
  return node?.name.value === key ? key : `${key}: ${node?.name.value}`;
}

function unusedName(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? unusedName(`_${name}`, taken) : name;
}

function printSelections(selectionSets: readonly SelectionSetNode[]): string {
  return print({ kind: Kind.SELECTION_SET, selections: selectionSets.flatMap(({ selections }) => selections) });
}

/** The fragments that are spread in it, also inside of others. */
function reachable(node: ASTNode, fragments: Selecting['fragments']): FragmentDefinitionNode[] {
  const found = new Map<string, FragmentDefinitionNode>();
  const look = (inside: ASTNode): void =>
    void visit(inside, {
      FragmentSpread({ name: { value: name } }) {
        const fragment = fragments.get(name);
        if (fragment === undefined || found.has(name)) return;
        found.set(name, fragment);
        look(fragment);
      },
    });
  look(node);
  return [...found.values()];
}

function variablesIn(nodes: readonly ASTNode[]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes) visit(node, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}
