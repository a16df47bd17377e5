/** Answers `__schema` and `__type` from the API schema, wherever they stand among other fields. */
import {
  execute,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
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
  return (run) => {
    // Introspection resolves without a promise: graphql-js answers at once.
    const result = execute({ schema, document, variableValues: run.variables }) as ExecutionResult;
    if (result.errors) run.errors.push(...result.errors);
    return result.data?.[group.key] ?? null;
  };
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
