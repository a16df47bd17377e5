/** Plans in stages what the planner can't plan at once: first without the fields that `@requires` others, then those. */
import {
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { directivesOf, stringArgument } from '../../supergraph/join-directives.js';
import { entityOfRoot, entityRootOf, entityRootsSubgraph } from '../../supergraph/entity-roots.js';
import type { PathSegment, PlanNode } from './plan-nodes.js';
import { operationOf } from './selection-tree.js';

export interface StagedPlanning {
  /** The whole supergraph, with the join specification's directives. */
  readonly schema: GraphQLSchema;
  /** Throws when it can't. */
  readonly plan: (document: DocumentNode) => PlanNode | null;
  /** As `plan`, over the supergraph with entity roots. */
  readonly planFromEntities: (document: DocumentNode) => PlanNode | null;
  readonly keyFields: ReadonlyMap<string, readonly string[]>;
}

/** Fields taken out of a document, and where their objects will stand in the data. */
interface Cut {
  readonly type: string;
  readonly path: readonly PathSegment[];
  readonly fields: readonly FieldNode[];
}

/** Undefined when nothing can be put off: the planner's own error stands then. */
export function planInStages(document: DocumentNode, planning: StagedPlanning): PlanNode | undefined {
  return planStages(document, planning, planning.plan, false);
}

function planStages(
  document: DocumentNode,
  planning: StagedPlanning,
  plan: StagedPlanning['plan'],
  fromEntities: boolean,
): PlanNode | undefined {
  const operation = operationOf(document);
  const root = planning.schema.getRootType(operation.operation);
  if (!root) return undefined;
  const cuts: Cut[] = [];
  const cutter = new Cutter(planning, cuts);
  const reduced = cutter.selections(operation.selectionSet.selections, root, [], fromEntities ? 2 : 0);
  if (cuts.length === 0) return undefined;
  const first = plan(withSelections(operation, reduced));
  const later = cuts.map((cut) => planCut(cut, operation, planning));
  const nodes = [...(first === null ? [] : [first]), ...later];
  return { kind: 'Sequence', nodes };
}

function planCut(cut: Cut, operation: OperationDefinitionNode, planning: StagedPlanning): PlanNode {
  const root = entityRootOf(cut.type);
  const entity: FieldNode = {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: root },
    selectionSet: { kind: Kind.SELECTION_SET, selections: cut.fields },
  };
  const document = withSelections({ ...operation, operation: 'query' as OperationDefinitionNode['operation'] }, [
    entity,
  ]);
  let planned: PlanNode | null;
  try {
    planned = planning.planFromEntities(document);
  } catch (error) {
    const staged = planStages(document, planning, planning.planFromEntities, true);
    if (staged === undefined) throw error;
    planned = staged;
  }
  return planned === null ? { kind: 'Sequence', nodes: [] } : moved(planned, cut.path);
}

function withSelections(operation: OperationDefinitionNode, selections: readonly SelectionNode[]): DocumentNode {
  const selectionSet = { kind: Kind.SELECTION_SET, selections } as const;
  return { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] };
}

/** The plan of an entity root, with its entities where they already stand instead. */
function moved(node: PlanNode, path: readonly PathSegment[]): PlanNode {
  // Every path begins with the root field and its list.
  const move = (inner: readonly PathSegment[]) => [...path, ...inner.slice(2)];
  switch (node.kind) {
    case 'Fetch':
      if (node.serviceName !== entityRootsSubgraph) throw new Error('an entity root is planned from another subgraph');
      return { kind: 'Sequence', nodes: [] };
    case 'Sequence':
    case 'Parallel':
      return { kind: node.kind, nodes: node.nodes.map((child) => moved(child, path)) };
    case 'Flatten':
      return { ...node, path: move(node.path) };
    case 'BatchFetch': {
      const aliases = node.entityBatch.aliases.map((alias) => ({ ...alias, paths: alias.paths.map(move) }));
      return { ...node, entityBatch: { aliases } };
    }
    default:
      throw new Error(`a plan node of kind ${node.kind} has no place in a stage`);
  }
}

class Cutter {
  readonly #planning: StagedPlanning;
  readonly #cuts: Cut[];

  constructor(planning: StagedPlanning, cuts: Cut[]) {
    this.#planning = planning;
    this.#cuts = cuts;
  }

  /** `spared` levels keep their fields: cutting those again would lead nowhere. */
  selections(
    selections: readonly SelectionNode[],
    type: GraphQLCompositeType,
    path: readonly PathSegment[],
    spared: number,
  ): SelectionNode[] {
    const cut: FieldNode[] = [];
    const kept = selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const name = selection.typeCondition?.name.value ?? type.name;
        const condition = this.#planning.schema.getType(name);
        if (!isCompositeType(condition)) return [selection];
        const below = this.selections(
          selection.selectionSet.selections,
          condition,
          [...path, { TypeCondition: [name] }],
          spared,
        );
        return [{ ...selection, selectionSet: { kind: Kind.SELECTION_SET, selections: below } }];
      }
      if (spared === 0 && this.#canWait(selection, type)) {
        cut.push(selection);
        return [];
      }
      return [this.#field(selection, type, path, spared)];
    });
    if (cut.length === 0) return kept;
    this.#cuts.push({ type: type.name, path, fields: cut });
    return [...kept, ...['__typename', ...(this.#planning.keyFields.get(type.name) ?? [])].map(toField)];
  }

  #field(field: FieldNode, type: GraphQLCompositeType, path: readonly PathSegment[], spared: number): FieldNode {
    const definition = isUnionType(type) ? undefined : type.getFields()[field.name.value];
    const entity = entityOfRoot(field.name.value) ?? '';
    const below = definition ? getNamedType(definition.type) : this.#planning.schema.getType(entity);
    if (!field.selectionSet || !isCompositeType(below)) return field;
    const key: PathSegment = { Field: field.alias?.value ?? field.name.value };
    const lists = definition ? listsOf(definition.type) : ['@' as const];
    const selections = this.selections(
      field.selectionSet.selections,
      below,
      [...path, key, ...lists],
      Math.max(0, spared - 1),
    );
    return { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections } };
  }

  #canWait(field: FieldNode, type: GraphQLCompositeType): boolean {
    if (!isObjectType(type)) return false;
    const definition = type.getFields()[field.name.value];
    if (definition === undefined || !this.#planning.keyFields.has(type.name)) return false;
    return directivesOf(definition, 'join__field').some(
      (directive) => stringArgument(directive, 'requires') !== undefined,
    );
  }
}

function toField(name: string): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } };
}

function listsOf(type: GraphQLOutputType): '@'[] {
  if (isNonNullType(type)) return listsOf(type.ofType);
  return isListType(type) ? ['@', ...listsOf(type.ofType)] : [];
}
