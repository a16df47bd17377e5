/** Artifacts of any kind: from a row that carries what they have in common, or by key when more is asked for. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import { entityLoader, SelectionPlans, selectedFields, type EntityMap, type Row } from '../../kernel/read/index.js';
import type { ArtifactKind } from '../domain/index.js';
import { artifactTableOfKind, type ArtifactType } from './artifact-tables.js';

/** Field of every artifact → its column among those that a row carries. */
const carriedFields: Readonly<Record<string, string>> = {
  gxpId: 'gxp_id',
  title: 'title',
  parentId: 'parent_id',
  path: 'path',
  validationStatus: 'validation_status',
  isDuplicate: 'is_duplicate',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};

type Load = ReturnType<typeof entityLoader>;

export class ArtifactReader {
  private readonly maps: ReadonlyMap<string, EntityMap>;
  private readonly byId = new Map<ArtifactType, Load>();
  private readonly byGxpId = new Map<ArtifactType, Load>();
  private readonly plans = new SelectionPlans<Map<ArtifactType, boolean>>();

  constructor(maps: readonly EntityMap[]) {
    this.maps = new Map(maps.map((map) => [map.type, map]));
    for (const map of maps) {
      this.byId.set(map.type as ArtifactType, entityLoader(map, [map.key]));
      const columns = [
        { column: 'repository_id', sqlType: 'uuid' },
        { column: 'gxp_id', sqlType: 'text' },
      ];
      this.byGxpId.set(map.type as ArtifactType, entityLoader(map, columns));
    }
  }

  /** The artifact whose columns `row` has as `_<prefix>id` and so on; null when there is none. */
  carried(
    row: Row,
    source: { kind: ArtifactKind; prefix: string },
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<Row | null> | Row | null {
    const { type } = artifactTableOfKind(source.kind);
    const key = row[`_${source.prefix}id`] ?? null;
    if (key === null) return null;
    return this.isCarried(type, info)
      ? carriedArtifact(row, type, source.prefix)
      : this.load(type, String(key), context, info);
  }

  async load(type: ArtifactType, key: string, context: RequestContext, info: GraphQLResolveInfo): Promise<Row | null> {
    return named(type, await loaderOf(this.byId, type)([key], context, info));
  }

  async loadByGxpId(
    source: { kind: ArtifactKind; repositoryId: string; gxpId: string },
    context: RequestContext,
    info: GraphQLResolveInfo,
  ): Promise<Row | null> {
    const { type } = artifactTableOfKind(source.kind);
    return named(type, await loaderOf(this.byGxpId, type)([source.repositoryId, source.gxpId], context, info));
  }

  /** Whether all that is selected of `type` is among the carried columns, or a relation, which they lead to. */
  private isCarried(type: ArtifactType, info: GraphQLResolveInfo): boolean {
    const byType = this.plans.get(info, () => new Map<ArtifactType, boolean>());
    let known = byType.get(type);
    if (known === undefined) {
      const relations = this.maps.get(type)?.relations ?? {};
      known = [...selectedFields(info.fieldNodes, type, info).keys()].every(
        (name) =>
          name === 'id' ||
          name === '__typename' ||
          Object.hasOwn(carriedFields, name) ||
          Object.hasOwn(relations, name),
      );
      byType.set(type, known);
    }
    return known;
  }
}

function loaderOf(loaders: ReadonlyMap<ArtifactType, Load>, type: ArtifactType): Load {
  const load = loaders.get(type);
  if (load === undefined) throw new Error(`no entity map for ${type}`);
  return load;
}

/** Says which type it is, for the interface. */
function named(type: ArtifactType, row: Row | null): Row | null {
  return row === null ? null : Object.assign(row, { __typename: type });
}

function carriedArtifact(row: Row, type: ArtifactType, prefix: string): Row {
  const column = (name: string): unknown => row[`_${prefix}${name}`];
  const artifact: Row = { __typename: type, id: toGlobalId(type, String(column('id'))) };
  for (const [name, source] of Object.entries(carriedFields)) artifact[name] = column(source);
  for (const name of ['id', 'repository_id', 'gxp_id']) artifact[`_${name}`] = column(name);
  return artifact;
}
