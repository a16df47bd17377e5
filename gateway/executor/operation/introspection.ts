/** Answers `__schema` and `__type` from the API schema, wherever they stand among other fields. The last few are remembered. */
import {
  execute,
  Kind,
  OperationTypeNode,
  print,
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { LruCache } from '../../lru-cache.js';
import type { FieldGroup } from './field-groups.js';
import type { Run } from '../run.js';

export function isIntrospectionField(name: string): boolean {
  return name === '__schema' || name === '__type';
}

export function compileIntrospectionField(
  group: FieldGroup,
  environment: {
    readonly schema: GraphQLSchema;
    readonly operation: OperationDefinitionNode;
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  },
): (run: Run) => unknown {
  const { schema, operation, fragments } = environment;
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        variableDefinitions: operation.variableDefinitions ?? [],
        selectionSet: { kind: Kind.SELECTION_SET, selections: group.nodes.map(withItsConditions) },
      },
      ...fragments.values(),
    ],
  };
  const text = print(document);
  // What depends on no variable is the same for everybody.
  const cache = text.includes('$') ? null : answersOf(schema);
  return (run) => {
    const known = cache?.get(text);
    if (known !== undefined) return known;
    // Introspection resolves without a promise: graphql-js answers at once.
    const result = execute({ schema, document, variableValues: run.variables }) as ExecutionResult;
    if (result.errors) run.errors.push(...result.errors);
    const answer = result.data?.[group.key] ?? null;
    if (answer !== null && result.errors === undefined) cache?.set(text, answer);
    return answer;
  };
}

/** Of the clients that most ask for the schema, each with a document of its own; an answer over a large one has megabytes. */
const mostAnswers = 4;
const answers = new WeakMap<GraphQLSchema, LruCache<string, unknown>>();

function answersOf(schema: GraphQLSchema): LruCache<string, unknown> {
  let ofSchema = answers.get(schema);
  if (ofSchema === undefined) answers.set(schema, (ofSchema = new LruCache({ maxEntries: mostAnswers })));
  return ofSchema;
}

function withItsConditions({ node, conditions }: FieldGroup['nodes'][number]): SelectionNode {
  return (conditions ?? []).reduce<SelectionNode>(
    (selection, directive) => ({
      kind: Kind.INLINE_FRAGMENT,
      directives: [directive],
      selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] },
    }),
    node,
  );
}
