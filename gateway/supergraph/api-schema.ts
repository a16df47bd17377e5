/** Derives what callers see from a supergraph: without `@inaccessible` elements and without what composition needed. */
import {
  buildASTSchema,
  Kind,
  parse,
  visit,
  type ASTNode,
  type ConstDirectiveNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { markCosts } from './cost-marks.js';
import { readLinks, type LinkedFeatures } from './links.js';

/** Directives of the specification that say something to a caller. */
const publicDirectives = new Set(['deprecated', 'specifiedBy', 'oneOf']);

/** What the gateway itself does, whatever subgraphs declare under the same name: they never see it. */
const gatewayDirectives = parse(
  `"Lets the fields of this fragment come in a later part of the answer, where the caller takes one in parts."
  directive @defer(
    "False: the fields come with the rest."
    if: Boolean! = true
    "Tells the part apart from others; written out, and different from every other label of the document."
    label: String
  ) on FRAGMENT_SPREAD | INLINE_FRAGMENT`,
  { noLocation: true },
).definitions;

function gatewayOwns(node: DirectiveDefinitionNode): boolean {
  return node.name.value === 'defer' || node.name.value === 'stream';
}

const executableLocations = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);

export function buildApiSchema(supergraph: DocumentNode): GraphQLSchema {
  const features = readLinks(supergraph);
  const hiddenTypes = findHiddenTypes(supergraph, features);
  const isHidden = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }) =>
    node.directives?.some((directive) => directive.name.value === features.inaccessible) ?? false;
  const dropIfHidden = {
    enter: (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }) =>
      isHidden(node) ? null : undefined,
  };
  const dropHiddenType = {
    enter: (node: { readonly name: { readonly value: string } }) =>
      hiddenTypes.has(node.name.value) ? null : undefined,
  };
  const dropHiddenReference = <Node extends ASTNode>(node: Node): Node => {
    const { interfaces, types } = node as {
      interfaces?: readonly { name: { value: string } }[];
      types?: readonly { name: { value: string } }[];
    };
    return {
      ...node,
      ...(interfaces && { interfaces: interfaces.filter(({ name }) => !hiddenTypes.has(name.value)) }),
      ...(types && { types: types.filter(({ name }) => !hiddenTypes.has(name.value)) }),
    };
  };

  const visible = visit(supergraph, {
    ScalarTypeDefinition: dropHiddenType,
    EnumTypeDefinition: dropHiddenType,
    InputObjectTypeDefinition: dropHiddenType,
    ObjectTypeDefinition: { ...dropHiddenType, leave: dropHiddenReference },
    InterfaceTypeDefinition: { ...dropHiddenType, leave: dropHiddenReference },
    UnionTypeDefinition: { ...dropHiddenType, leave: dropHiddenReference },
    FieldDefinition: dropIfHidden,
    InputValueDefinition: dropIfHidden,
    EnumValueDefinition: dropIfHidden,
    DirectiveDefinition: { enter: (node) => (isExecutable(node) && !gatewayOwns(node) ? undefined : null) },
    Directive: { enter: (node) => (publicDirectives.has(node.name.value) ? undefined : null) },
  });
  const withGatewayOwn = { ...visible, definitions: [...visible.definitions, ...gatewayDirectives] };
  const schema = buildASTSchema(withGatewayOwn, { assumeValid: true, assumeValidSDL: true });
  markCosts(schema, supergraph);
  return schema;
}

function findHiddenTypes(supergraph: DocumentNode, features: LinkedFeatures): ReadonlySet<string> {
  const hidden = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (!('name' in definition) || !definition.name || definition.kind === Kind.DIRECTIVE_DEFINITION) continue;
    const name = definition.name.value;
    const isInaccessible = definition.directives?.some((directive) => directive.name.value === features.inaccessible);
    if (isInaccessible || features.ownsType(name)) hidden.add(name);
  }
  return hidden;
}

function isExecutable(node: DirectiveDefinitionNode): boolean {
  return node.locations.some((location) => executableLocations.has(location.value));
}
