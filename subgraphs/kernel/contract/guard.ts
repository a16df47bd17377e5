/** Enforces `@authenticated` and `@requiresScopes` in the subgraph itself: a port of its own refuses as the gateway does. */
import { defaultFieldResolver, Kind, type DirectiveNode, type DocumentNode, type FieldDefinitionNode } from 'graphql';
import type { RequestContext } from '../context.js';
import type { ResolverMap } from '../read/index.js';
import { requirementOf, type Requirement } from './requirements.js';

type Resolve = (parent: unknown, args: unknown, context: RequestContext, info: never) => unknown;

const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

export interface GuardedResolvers {
  readonly resolvers: ResolverMap;
  /** Root fields that do not say who may call them, and protection that nothing here enforces. */
  readonly faults: readonly string[];
}

/** The same resolvers, those of protected fields behind a check of the caller. */
export function guardResolvers(document: DocumentNode, resolvers: ResolverMap): GuardedResolvers {
  const guarded: ResolverMap = { ...resolvers };
  const faults: string[] = [];
  for (const node of document.definitions) {
    if ('directives' in node && node.kind !== Kind.SCHEMA_EXTENSION && isProtected(node.directives)) {
      faults.push(`${'name' in node ? (node.name?.value ?? '') : ''} is protected as a type: protect its fields`);
    }
    if (node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const field of node.fields ?? [])
        if (isProtected(field.directives))
          faults.push(`${node.name.value}.${field.name.value} is protected on an interface`);
    }
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    const type = node.name.value;
    for (const field of node.fields ?? []) {
      const requirement = requirementOf(field);
      const name = field.name.value;
      if (rootTypes.has(type)) faults.push(...rootFaults(type, field, requirement));
      if (requirement === null || requirement === 'public') continue;
      guarded[type] = { ...guarded[type], [name]: guard(guarded[type]?.[name], requirement) };
    }
  }
  return { resolvers: guarded, faults };
}

function rootFaults(type: string, field: FieldDefinitionNode, requirement: ReturnType<typeof requirementOf>): string[] {
  const place = `${type}.${field.name.value}`;
  if (requirement === null)
    return [`${place} does not say who may call it: @requiresScopes, @authenticated or @tag(name: "public")`];
  if (type !== 'Mutation' || requirement === 'public' || requirement.scopes.length > 0) return [];
  return [`${place} changes data and names no scope: @requiresScopes or @tag(name: "public")`];
}

function isProtected(directives: readonly DirectiveNode[] | undefined): boolean {
  return directives?.some(({ name }) => name.value === 'authenticated' || name.value === 'requiresScopes') === true;
}

/** A subscription's field is an object, whose `subscribe` is what opens it. */
function guard(resolver: unknown, requirement: Requirement): unknown {
  const check = ({ auth }: RequestContext): void => auth.requireAny(requirement.scopes);
  const before =
    (resolve: Resolve): Resolve =>
    (parent, args, context, info) => {
      check(context);
      return resolve(parent, args, context, info);
    };
  if (typeof resolver !== 'object' || resolver === null) return before((resolver ?? defaultFieldResolver) as Resolve);
  const { subscribe, resolve } = resolver as { subscribe?: Resolve; resolve?: Resolve };
  if (subscribe !== undefined) return { ...resolver, subscribe: before(subscribe) };
  return { ...resolver, resolve: before(resolve ?? (defaultFieldResolver as Resolve)) };
}
