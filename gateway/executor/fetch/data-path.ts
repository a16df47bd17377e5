/** Finds the objects of the data that a fetch of entities is for, and where they stand. */
import type { PathSegment } from '../plan/plan-nodes.js';
import type { JsonObject } from '../plan/selection-tree.js';
import type { SatisfiesType } from '../plan/type-conditions.js';

export type ResponsePath = readonly (string | number)[];

export type DataPath = readonly DataPathStep[];
type DataPathStep =
  | { readonly kind: 'list' }
  | { readonly kind: 'field'; readonly key: string }
  | { readonly kind: 'types'; readonly types: readonly string[] };

export function toDataPath(path: readonly PathSegment[]): DataPath {
  return path.map((segment): DataPathStep => {
    if (segment === '@') return { kind: 'list' };
    if ('Field' in segment) return { kind: 'field', key: segment.Field };
    return { kind: 'types', types: segment.TypeCondition };
  });
}

/** Appends to `found` every object at `path`, in order of the response. */
export function collectObjects(node: unknown, path: DataPath, found: JsonObject[], satisfies: SatisfiesType): void {
  walk(node, path, 0, satisfies, found, null, null);
}

/** As {@link collectObjects}, with the response path of each: only for errors, so it may cost more. */
export function locateObjects(
  node: unknown,
  path: DataPath,
  satisfies: SatisfiesType,
): { object: JsonObject; at: ResponsePath }[] {
  const found: JsonObject[] = [];
  const paths: ResponsePath[] = [];
  walk(node, path, 0, satisfies, found, paths, []);
  return found.map((object, i) => ({ object, at: paths[i] as ResponsePath }));
}

function walk(
  node: unknown,
  path: DataPath,
  step: number,
  satisfies: SatisfiesType,
  found: JsonObject[],
  paths: ResponsePath[] | null,
  at: ResponsePath | null,
): void {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    const next = path[step]?.kind === 'list' ? step + 1 : step;
    for (let i = 0; i < node.length; i++) walk(node[i], path, next, satisfies, found, paths, at && [...at, i]);
    return;
  }
  const current = path[step];
  if (current === undefined) {
    found.push(node as JsonObject);
    if (paths !== null) paths.push(at as ResponsePath);
  } else if (current.kind === 'field') {
    const { key } = current;
    walk((node as JsonObject)[key], path, step + 1, satisfies, found, paths, at && [...at, key]);
  } else if (current.kind === 'types') {
    const typename = (node as JsonObject)['__typename'];
    if (typeof typename !== 'string' || current.types.some((type) => satisfies(typename, type))) {
      walk(node, path, step + 1, satisfies, found, paths, at);
    }
  }
}
