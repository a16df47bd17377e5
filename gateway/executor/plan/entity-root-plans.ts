/** Plans that begin at entity roots, brought to where their entities stand already. */
import { entityRootsSubgraph } from '../../supergraph/entity-roots.js';
import type { FetchNode, PathSegment, PlanNode } from './plan-nodes.js';

/** The fetches of entity roots, which are never sent: they say what has to be there. */
export function rootFetches(node: PlanNode): FetchNode[] {
  if (node.kind === 'Fetch') return [node];
  return node.kind === 'Sequence' || node.kind === 'Parallel' ? node.nodes.flatMap(rootFetches) : [];
}

/** The plan of entity roots, each at the place of the data where its entities stand already. Null where nothing is left of it. */
export function moved(node: PlanNode, placeOf: (root: string) => readonly PathSegment[] | undefined): PlanNode | null {
  // Every path begins with the root field and its list.
  const move = ([root, list, ...inner]: readonly PathSegment[]): readonly PathSegment[] => {
    const place = typeof root === 'object' && 'Field' in root ? placeOf(root.Field) : undefined;
    if (place === undefined || list !== '@') throw new Error('a path that begins with no entity root');
    return [...place, ...inner];
  };
  switch (node.kind) {
    case 'Fetch':
      if (node.serviceName !== entityRootsSubgraph) throw new Error('an entity root is planned from another subgraph');
      return null;
    case 'Sequence':
    case 'Parallel': {
      const nodes = node.nodes.flatMap((child) => moved(child, placeOf) ?? []);
      return nodes.length === 0 ? null : { kind: node.kind, nodes };
    }
    case 'Flatten':
      return { ...node, path: move(node.path) };
    case 'BatchFetch': {
      const aliases = node.entityBatch.aliases.map((alias) => ({ ...alias, paths: alias.paths.map(move) }));
      return { ...node, entityBatch: { aliases } };
    }
    default:
      throw new Error(`a plan node of kind ${node.kind} has no place in a deferred part`);
  }
}

/** A plan from the query's root, for the objects at `path` that are the root again. */
export function below(node: PlanNode | null, path: readonly PathSegment[]): PlanNode | null {
  if (node === null) return null;
  switch (node.kind) {
    case 'Fetch':
      return { kind: 'Flatten', path, node };
    case 'Sequence':
    case 'Parallel':
      return { kind: node.kind, nodes: node.nodes.flatMap((child) => below(child, path) ?? []) };
    case 'Flatten':
      return { ...node, path: [...path, ...node.path] };
    case 'BatchFetch': {
      const aliases = node.entityBatch.aliases.map((alias) => ({
        ...alias,
        paths: alias.paths.map((inner) => [...path, ...inner]),
      }));
      return { ...node, entityBatch: { aliases } };
    }
    default:
      throw new Error(`a plan node of kind ${node.kind} has no place below another`);
  }
}

export function countFetches(node: PlanNode | null): number {
  switch (node?.kind) {
    case undefined:
      return 0;
    case 'Sequence':
    case 'Parallel':
      return node.nodes.reduce((count, child) => count + countFetches(child), 0);
    default:
      return 1;
  }
}
