/** Reads the specifications that a supergraph links, and the names it gives them. */
import { Kind, type ConstDirectiveNode, type ConstValueNode, type DocumentNode } from 'graphql';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { enumArgument, stringArgument } from './join-directives.js';

export interface LinkedFeatures {
  /** What `@inaccessible` is called here. */
  readonly inaccessible: string;
  /** True for types that belong to a linked specification, such as `join__Graph`. */
  readonly ownsType: (name: string) => boolean;
}

export function readLinks(supergraph: DocumentNode): LinkedFeatures {
  const namespaces = new Set(['join', 'link', 'core']);
  const imported = new Set<string>();
  let inaccessible = 'inaccessible';
  for (const link of linksOf(supergraph)) {
    const url = stringArgument(link, 'url') ?? stringArgument(link, 'feature');
    const specification = url === undefined ? undefined : specificationOf(url);
    if (specification === undefined) continue;
    const namespace = stringArgument(link, 'as') ?? specification;
    namespaces.add(namespace);
    if (specification === 'inaccessible') inaccessible = namespace;
    for (const { name, as } of importsOf(link)) {
      if (specification === 'inaccessible' && name === '@inaccessible') inaccessible = as.slice(1);
      if (!as.startsWith('@')) imported.add(as);
    }
  }
  const ownsType = (name: string) => {
    const separator = name.indexOf('__');
    return imported.has(name) || (separator > 0 && namespaces.has(name.slice(0, separator)));
  };
  return { inaccessible, ownsType };
}

/** Specifications that are linked for security and that this gateway enforces. */
const enforced = new Set(['authenticated', 'requiresScopes', 'inaccessible']);

/** Throws StartupError for a supergraph that relies on what this gateway does not give: protection such as `@policy`, or contexts. */
export function assertEnforceable(supergraph: DocumentNode): void {
  assertNoContexts(supergraph);
  for (const link of linksOf(supergraph)) {
    const specification = specificationOf(stringArgument(link, 'url') ?? stringArgument(link, 'feature') ?? '') ?? '';
    if (enumArgument(link, 'for') !== 'SECURITY' || enforced.has(specification)) continue;
    throw new StartupError(
      `The supergraph is protected by @${specification}, which this gateway does not enforce. ` +
        'Use @authenticated and @requiresScopes instead.',
    );
  }
}

/** Composition writes what `@fromContext` asks for on the field whose argument takes it. */
function assertNoContexts({ definitions }: DocumentNode): void {
  for (const type of definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      const taking = field.directives?.find((directive) =>
        directive.arguments?.some(({ name, value }) => name.value === 'contextArguments' && !isEmptyList(value)),
      );
      if (taking === undefined) continue;
      throw new StartupError(
        `Arguments from a context (@context, @fromContext) are not supported: ${type.name.value}.${field.name.value} ` +
          `of the subgraph ${enumArgument(taking, 'graph') ?? '?'} takes one. ` +
          'Require what it needs with @requires, or let callers give the argument.',
      );
    }
  }
}

function isEmptyList(value: ConstValueNode): boolean {
  return value.kind === Kind.LIST && value.values.length === 0;
}

/** What the directive that bears its specification's name is called here; its own name where nothing links it. */
export function directiveNameOf(supergraph: DocumentNode, specification: string): string {
  for (const link of linksOf(supergraph)) {
    const url = stringArgument(link, 'url') ?? stringArgument(link, 'feature') ?? '';
    if (specificationOf(url) !== specification) continue;
    const imported = importsOf(link).find(({ name }) => name === `@${specification}`);
    return imported?.as.slice(1) ?? stringArgument(link, 'as') ?? specification;
  }
  return specification;
}

function linksOf(supergraph: DocumentNode): ConstDirectiveNode[] {
  return supergraph.definitions
    .filter((node) => node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
    .flatMap((node) => node.directives ?? [])
    .filter(({ name }) => name.value === 'link' || name.value === 'core');
}

/** `https://specs.apollo.dev/join/v0.3` → `join`. */
function specificationOf(url: string): string | undefined {
  const segments = url.split('/').filter((segment) => segment !== '');
  return /^v\d/.test(segments.at(-1) ?? '') ? segments.at(-2) : segments.at(-1);
}

function importsOf(link: ConstDirectiveNode): { name: string; as: string }[] {
  const list = link.arguments?.find(({ name }) => name.value === 'import')?.value;
  if (list?.kind !== Kind.LIST) return [];
  return list.values.flatMap((value) => {
    if (value.kind === Kind.STRING) return [{ name: value.value, as: value.value }];
    if (value.kind !== Kind.OBJECT) return [];
    const field = (key: string): string | undefined => {
      const found: ConstValueNode | undefined = value.fields.find(({ name }) => name.value === key)?.value;
      return found?.kind === Kind.STRING ? found.value : undefined;
    };
    const name = field('name');
    return name === undefined ? [] : [{ name, as: field('as') ?? name }];
  });
}
