/** Makes a failing document small: takes away whatever it fails without. */
import {
  Kind,
  parse,
  print,
  validate,
  visit,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';
import type { FuzzDocument } from './document-writer.js';

export type StillFails = (candidate: FuzzDocument) => Promise<boolean>;

export async function shrink(
  failing: FuzzDocument,
  schema: GraphQLSchema,
  stillFails: StillFails,
  maxTries = 400,
): Promise<FuzzDocument> {
  let smallest = failing;
  let tries = 0;
  for (let hasShrunk = true; hasShrunk;) {
    hasShrunk = false;
    for (const candidate of candidatesOf(smallest, schema)) {
      if (tries++ >= maxTries) return smallest;
      if (!(await stillFails(candidate))) continue;
      smallest = candidate;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

/** Valid documents with one thing less each; the largest losses first. */
function* candidatesOf(document: FuzzDocument, schema: GraphQLSchema): Generator<FuzzDocument> {
  const ast = parse(document.source, { noLocation: true });
  const seen = new Set([document.source]);
  for (const change of [...changesOf(ast)].sort((left, right) => left.size - right.size)) {
    const candidate = withoutUnused(change.make());
    const source = print(candidate);
    if (seen.has(source) || hasEmptySelection(candidate) || validate(schema, candidate).length > 0) continue;
    seen.add(source);
    const used = new Set(variablesOf(candidate));
    const variables = Object.fromEntries(Object.entries(document.variables).filter(([name]) => used.has(name)));
    const isOther = !source.includes('query Other');
    yield { source, variables, operationName: isOther ? undefined : document.operationName };
  }
}

/** Valid to graphql-js, and to no parser. */
function hasEmptySelection(ast: DocumentNode): boolean {
  let isEmpty = false;
  visit(ast, {
    SelectionSet({ selections }) {
      if (selections.length === 0) isEmpty = true;
    },
  });
  return isEmpty;
}

interface Change {
  /** What is left, roughly. */
  readonly size: number;
  make(): DocumentNode;
}

function* changesOf(ast: DocumentNode): Generator<Change> {
  const whole = print(ast).length;
  const places: ASTNode[] = [];
  visit(ast, { enter: (node) => void places.push(node) });
  const instead = (node: ASTNode, made: () => ASTNode | readonly ASTNode[] | null, saved: number): Change => ({
    size: whole - saved,
    make: () => replaced(ast, node, made()),
  });
  for (const node of places) {
    if (node.kind === Kind.OPERATION_DEFINITION && node.name?.value === 'Other') {
      yield instead(node, () => null, print(node).length);
    }
    if (node.kind === Kind.FIELD || node.kind === Kind.FRAGMENT_SPREAD || node.kind === Kind.INLINE_FRAGMENT) {
      yield instead(node, () => null, print(node).length);
    }
    if (node.kind === Kind.ARGUMENT || node.kind === Kind.DIRECTIVE || node.kind === Kind.OBJECT_FIELD) {
      yield instead(node, () => null, print(node).length);
    }
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = ast.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === node.name.value,
      );
      if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) continue;
      const { typeCondition, selectionSet } = fragment;
      yield instead(node, () => ({ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet }), 2);
    }
    if (node.kind === Kind.INLINE_FRAGMENT) yield instead(node, () => node.selectionSet.selections, 5);
    if (node.kind === Kind.FIELD && node.alias) {
      yield instead(node, () => withoutAlias(node), node.alias.value.length);
    }
  }
}

function withoutAlias({ alias: _, ...field }: FieldNode): FieldNode {
  return field;
}

/** The tree with `node` replaced by none, one or several others. */
function replaced(ast: DocumentNode, node: ASTNode, by: ASTNode | readonly ASTNode[] | null): DocumentNode {
  const others = by === null ? [] : Array.isArray(by) ? (by as readonly ASTNode[]) : [by as ASTNode];
  const swap = <T extends ASTNode>(items: readonly T[]): readonly T[] =>
    items.flatMap((item) => (item === node ? (others as readonly T[]) : [item]));
  const definitions = ast.definitions.filter((definition) => (definition as ASTNode) !== node);
  if (definitions.length < ast.definitions.length) return { ...ast, definitions };
  return visit<DocumentNode>(ast, {
    enter(entered: ASTNode) {
      if (entered.kind === Kind.SELECTION_SET && entered.selections.includes(node as SelectionNode)) {
        return { ...entered, selections: swap(entered.selections) };
      }
      if (entered.kind === Kind.OBJECT && (entered.fields as readonly ASTNode[]).includes(node)) {
        return { ...entered, fields: swap(entered.fields) };
      }
      const { arguments: args, directives } = entered as Holder;
      if (!args?.includes(node) && !directives?.includes(node)) return undefined;
      return {
        ...entered,
        ...(args && { arguments: swap(args) }),
        ...(directives && { directives: swap(directives) }),
      };
    },
  });
}

interface Holder {
  readonly arguments?: readonly ASTNode[];
  readonly directives?: readonly ASTNode[];
}

/** Without fragments that nothing spreads and variables that nothing reads. */
function withoutUnused(ast: DocumentNode): DocumentNode {
  for (let current = ast; ;) {
    const spread = new Set<string>();
    visit(current, { FragmentSpread: ({ name }) => void spread.add(name.value) });
    const definitions = current.definitions.filter(
      (definition) => definition.kind !== Kind.FRAGMENT_DEFINITION || spread.has(definition.name.value),
    );
    if (definitions.length < current.definitions.length) {
      current = { ...current, definitions };
      continue;
    }
    const used = new Set(variablesOf(current));
    return visit(current, {
      VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
    });
  }
}

function variablesOf(ast: DocumentNode): string[] {
  const names: string[] = [];
  visit(ast, { VariableDefinition: () => false, Variable: ({ name }) => void names.push(name.value) });
  return names;
}
