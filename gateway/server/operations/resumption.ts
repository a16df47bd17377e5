/**
 * Subscriptions that can be taken up again: their field has an argument `after`, and each event a `cursor` to give for it.
 * The gateway asks for the cursor whether the caller does or not, so that every transport can say where a stream ended.
 */
import {
  getNamedType,
  GraphQLError,
  isObjectType,
  Kind,
  parseType,
  print,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';
import { selectOperation } from '../../executor/operation/operation-checks.js';
import { fragmentsOf } from '../../executor/plan/selection-tree.js';
import type { AdmittedOperation } from './admitted-operation.js';

/** How one subscription of a document is taken up again. */
interface Resumption {
  readonly key: string;
  readonly cursorKey: string;
  /** The caller did not ask for the cursor. */
  readonly isHidden: boolean;
  readonly first: Pick<AdmittedOperation, 'document' | 'source'>;
  /** Its `after` is the value of `variable`. Null when the field has no such argument. */
  readonly again: (Pick<AdmittedOperation, 'document' | 'source'> & { readonly variable: string }) | null;
}

export interface ResumableSubscription {
  /** The operation to execute in place of the one that was asked for. */
  readonly operation: AdmittedOperation;
  /** To be called with each event, in order: takes out what the caller did not ask for, and says in a last word where to go on. */
  readonly answer: (event: ExecutionResult) => ExecutionResult;
  /** Whether it can begin after a cursor. */
  readonly startsAfter: boolean;
}

const cursors = new WeakMap<ExecutionResult, string>();

/** The cursor of an event that came through {@link ResumableSubscription.answer}. */
export function cursorOf(event: ExecutionResult): string | undefined {
  return cursors.get(event);
}

/** By document, which lives as long as its text is kept. */
const known = new WeakMap<DocumentNode, Map<string | null, Resumption | null>>();

/** Null when the subscription can't be resumed. `lastEventId` stands in for `after`. */
export function resumable(
  schema: GraphQLSchema,
  operation: AdmittedOperation,
  lastEventId: string | undefined,
): ResumableSubscription | null {
  let ofDocument = known.get(operation.document);
  if (ofDocument === undefined)
    known.set(operation.document, (ofDocument = new Map<string | null, Resumption | null>()));
  let resumption = ofDocument.get(operation.operationName);
  if (resumption === undefined) ofDocument.set(operation.operationName, (resumption = resumptionOf(schema, operation)));
  if (resumption === null) return null;
  const { first, again } = resumption;
  const startsAfter = again !== null;
  if (lastEventId === undefined || lastEventId === '' || again === null) {
    return { operation: { ...operation, ...first }, answer: answering(resumption, undefined), startsAfter };
  }
  const { variable, ...changed } = again;
  const variables = { ...operation.variables, [variable]: lastEventId };
  return {
    operation: { ...operation, ...changed, variables },
    answer: answering(resumption, lastEventId),
    startsAfter,
  };
}

function answering(
  { key, cursorKey, isHidden }: Resumption,
  resumedAt: string | undefined,
): ResumableSubscription['answer'] {
  let last = resumedAt;
  return (event) => {
    const { data, errors } = event;
    const value = data?.[key] as Record<string, unknown> | null | undefined;
    if (data == null || value == null) {
      return errors === undefined || last === undefined ? event : { ...event, errors: errors.map(withCursor(last)) };
    }
    const { [cursorKey]: cursor, ...rest } = value;
    const answer = isHidden ? { ...event, data: { ...data, [key]: rest } } : event;
    if (typeof cursor === 'string' || typeof cursor === 'number' || typeof cursor === 'bigint') {
      last = String(cursor);
      cursors.set(answer, last);
    }
    return answer;
  };
}

/** What a stream ends with says where to go on; an error about a cursor says that there is no going on. */
function withCursor(cursor: string): (error: GraphQLError) => GraphQLError {
  return (error) => {
    const { code } = error.extensions;
    if (code === 'CURSOR_INVALID' || code === 'CURSOR_EXPIRED' || 'cursor' in error.extensions) return error;
    return new GraphQLError(error.message, {
      nodes: error.nodes ?? null,
      path: error.path ?? null,
      originalError: error.originalError ?? null,
      extensions: { ...error.extensions, cursor },
    });
  };
}

function resumptionOf(schema: GraphQLSchema, asked: AdmittedOperation): Resumption | null {
  const { document, source } = asked;
  const operation = selectOperation(document, asked.operationName);
  const field = rootField(document, operation.selectionSet);
  const definition = field && schema.getSubscriptionType()?.getFields()[field.name.value];
  if (field === null || definition == null) return null;
  const type = getNamedType(definition.type);
  if (!isObjectType(type) || type.getFields()['cursor'] === undefined) return null;
  const selected = selectedCursor(field);
  const cursorKey = selected ?? unusedName(source, '_weft_cursor');
  const withCursor = selected === null ? selecting(field, cursorKey) : field;
  const form = (changed: FieldNode, added: readonly VariableDefinitionNode[] = []) => {
    if (changed === field) return { document, source };
    const edited = visit(document, {
      Field: (node) => (node === field ? changed : undefined),
      OperationDefinition: {
        leave: (node) =>
          node.name?.value === operation.name?.value
            ? { ...node, variableDefinitions: [...(node.variableDefinitions ?? []), ...added] }
            : undefined,
      },
    });
    return { document: edited, source: print(edited) };
  };
  const after = definition.args.find(({ name }) => name === 'after');
  const variable = unusedName(source, '_weft_after');
  return {
    key: (field.alias ?? field.name).value,
    cursorKey,
    isHidden: selected === null,
    first: form(withCursor),
    again:
      after === undefined
        ? null
        : { ...form(resuming(withCursor, variable), [variableOf(variable, String(after.type))]), variable },
  };
}

/** The one field of the subscription, wherever fragments have put it. */
function rootField(document: DocumentNode, { selections }: SelectionSetNode): FieldNode | null {
  const fragments = fragmentsOf(document);
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    const found = fragment === undefined ? null : rootField(document, fragment.selectionSet);
    if (found !== null) return found;
  }
  return null;
}

/** The key under which the caller gets the cursor for certain, or null. */
function selectedCursor({ selectionSet }: FieldNode): string | null {
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind !== Kind.FIELD || selection.name.value !== 'cursor' || selection.directives?.length) continue;
    return (selection.alias ?? selection.name).value;
  }
  return null;
}

function unusedName(source: string, name: string): string {
  let unused = name;
  while (source.includes(unused)) unused += '_';
  return unused;
}

const nameNode = (value: string) => ({ kind: Kind.NAME, value }) as const;

function selecting(field: FieldNode, alias: string): FieldNode {
  const cursor: FieldNode = { kind: Kind.FIELD, alias: nameNode(alias), name: nameNode('cursor') };
  const selections = [...(field.selectionSet?.selections ?? []), cursor];
  return { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

function resuming(field: FieldNode, variable: string): FieldNode {
  const others = (field.arguments ?? []).filter(({ name }) => name.value !== 'after');
  const value = { kind: Kind.VARIABLE, name: nameNode(variable) } as const;
  return { ...field, arguments: [...others, { kind: Kind.ARGUMENT, name: nameNode('after'), value }] };
}

function variableOf(name: string, type: string): VariableDefinitionNode {
  return {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: nameNode(name) },
    type: parseType(type),
  };
}
