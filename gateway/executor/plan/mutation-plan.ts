/** Plans a mutation so that its root fields run in the document's order, each with all that it selects before the next. */
import { Kind, parse, type DocumentNode, type OperationDefinitionNode, type SelectionNode } from 'graphql';
import type { FetchNode, PlanNode } from './plan-nodes.js';
import { operationOf } from './selection-tree.js';

type Plan = (document: DocumentNode) => PlanNode | null;

/** Root fields that one plan answers. */
interface Part {
  readonly fields: readonly SelectionNode[];
  readonly node: PlanNode | null;
}

/**
 * The planner keeps root fields of different subgraphs in order, but leaves what they select from further subgraphs to the
 * end: it would be read after later fields have written. Neighbours that one subgraph answers whole stay one fetch.
 */
export function planMutation(document: DocumentNode, plan: Plan): PlanNode | null {
  const operation = operationOf(document);
  const fields = operation.selectionSet.selections;
  if (fields.length === 1) return plan(document);
  const whole = planTogether(operation, fields, plan);
  if (whole !== null) return whole;
  const parts: Part[] = [];
  for (const field of fields) {
    const node = plan(selecting(operation, [field]));
    const before = parts.at(-1);
    const together = before && joined(before, { fields: [field], node }, operation, plan);
    if (together) parts[parts.length - 1] = together;
    else parts.push({ fields: [field], node });
  }
  return { kind: 'Sequence', nodes: parts.flatMap(({ node }) => node ?? []) };
}

/** Null when the two don't make one fetch. */
function joined(one: Part, next: Part, operation: OperationDefinitionNode, plan: Plan): Part | null {
  if (one.node?.kind !== 'Fetch' || next.node?.kind !== 'Fetch') return null;
  if (one.node.serviceName !== next.node.serviceName) return null;
  const fields = [...one.fields, ...next.fields];
  const node = planTogether(operation, fields, plan);
  return node === null ? null : { fields, node };
}

/** The one fetch that asks for `fields` in their order, if that is the plan. */
function planTogether(
  operation: OperationDefinitionNode,
  fields: readonly SelectionNode[],
  plan: Plan,
): FetchNode | null {
  const node = plan(selecting(operation, fields));
  if (node?.kind !== 'Fetch') return null;
  const { selections } = operationOf(parse(node.operation, { noLocation: true })).selectionSet;
  const inOrder = selections.length === fields.length && selections.every((field, i) => isSame(field, fields[i]));
  return inOrder ? node : null;
}

function isSame(one: SelectionNode, other: SelectionNode | undefined): boolean {
  return one.kind === Kind.FIELD && other?.kind === Kind.FIELD && one.alias?.value === other.alias?.value;
}

function selecting(operation: OperationDefinitionNode, selections: readonly SelectionNode[]): DocumentNode {
  const selectionSet = { kind: Kind.SELECTION_SET, selections } as const;
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] };
}
