/** A fetch compiled by graphql-jit, its variables read by graphql-js wherever graphql-jit reads them otherwise. */
import {
  BREAK,
  execute,
  getNamedType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  GraphQLScalarType,
  isInputObjectType,
  Kind,
  typeFromAST,
  TypeInfo,
  valueFromAST,
  visit,
  visitWithTypeInfo,
  type ArgumentNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLInputType,
  type GraphQLSchema,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>> | undefined;
export type Runner = (contextValue: unknown, variables: Variables) => ExecutionResult | Promise<ExecutionResult>;

/** The document as graphql-js executes it. */
export function interpretFetch(schema: GraphQLSchema, document: DocumentNode, operationName?: string): Runner {
  return (contextValue, variableValues) => execute({ schema, document, operationName, contextValue, variableValues });
}

/** As {@link interpretFetch}, sooner. graphql-js answers what graphql-jit can't compile, or says why not. */
export async function compileFetch(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string,
): Promise<Runner> {
  // Loaded by the first fetch that is worth it: it is a tenth of the time to the first answer.
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  const interpret = interpretFetch(schema, document, operationName);
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const mixed = liftMixedArguments(schema, document);
  const readsVariables = mixed.arguments.length > 0 || definitions.some(({ type }) => isInputObject(schema, type));
  const compiled = readsVariables
    ? compileQuery(withReadType(schema), withReadVariables(mixed), operationName)
    : compileQuery(schema, document, operationName);
  if (!isCompiledQuery(compiled)) return interpret;

  const run: Runner = (contextValue, variables) => {
    const answer = compiled.query(undefined, contextValue, variables ?? {});
    return 'then' in answer ? answer.then(withPlainErrors) : withPlainErrors(answer);
  };
  if (!readsVariables) return run;
  return (contextValue, variables) => {
    const { coerced, errors } = getVariableValues(schema, definitions, variables ?? {});
    if (errors !== undefined) return { errors };
    for (const { variable, value, type } of mixed.arguments) {
      const read = valueFromAST(value, type, coerced);
      if (read === undefined) return interpret(contextValue, variables);
      coerced[variable] = read;
    }
    return run(contextValue, coerced);
  };
}

/** graphql-jit unfolds input objects into code: one that contains itself, such as a filter with `and`, without end. */
function isInputObject(schema: GraphQLSchema, type: TypeNode): boolean {
  return isInputObjectType(getNamedType(typeFromAST(schema, type)));
}

interface MixedArgument {
  /** What stands for the argument's value. */
  readonly variable: string;
  readonly value: ValueNode;
  readonly type: GraphQLInputType;
}

interface MixedArguments {
  readonly document: DocumentNode;
  readonly arguments: readonly MixedArgument[];
}

/**
 * Makes a variable of each argument that has variables inside a literal. graphql-jit would take one that is not given
 * for null, and so clear what a mutation is to leave alone, and would drop one inside a JSON literal.
 */
function liftMixedArguments(schema: GraphQLSchema, document: DocumentNode): MixedArguments {
  const lifted: MixedArgument[] = [];
  const types = new TypeInfo(schema);
  const visitor = {
    Argument(node: ArgumentNode): ArgumentNode | undefined {
      const type = types.getArgument()?.type;
      if (node.value.kind === Kind.VARIABLE || type === undefined || !hasVariable(node.value)) return undefined;
      const variable = `_mixed_${lifted.length}`;
      lifted.push({ variable, value: node.value, type });
      return { ...node, value: toVariable(variable) };
    },
  };
  return { document: visit(document, visitWithTypeInfo(types, visitor)), arguments: lifted };
}

function hasVariable(value: ValueNode): boolean {
  let found = false;
  visit(value, {
    Variable() {
      found = true;
      return BREAK;
    },
  });
  return found;
}

const toVariable = (name: string) => ({ kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } }) as const;

const readType = new GraphQLScalarType({ name: '_Read' });

/** The schema, and beside its types one for variables that graphql-jit is to take as they are. */
function withReadType(schema: GraphQLSchema): GraphQLSchema {
  return Object.create(schema, {
    getType: { value: (name: string) => (name === readType.name ? readType : schema.getType(name)) },
  }) as GraphQLSchema;
}

function withReadVariables({ document, arguments: lifted }: MixedArguments): DocumentNode {
  const define = (variable: VariableDefinitionNode['variable']): VariableDefinitionNode => ({
    kind: Kind.VARIABLE_DEFINITION,
    variable,
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: readType.name } },
  });
  return visit(document, {
    OperationDefinition: (operation) => ({
      ...operation,
      variableDefinitions: [
        ...(operation.variableDefinitions ?? []).map(({ variable }) => define(variable)),
        ...lifted.map(({ variable }) => define(toVariable(variable))),
      ],
    }),
  });
}

/** graphql-jit's errors have a read-only `extensions: undefined`, and hide what was thrown. */
function withPlainErrors(answer: ExecutionResult): ExecutionResult {
  if (!answer.errors?.length) return answer;
  return { ...answer, errors: answer.errors.map(toPlainError) };
}

function toPlainError(error: GraphQLError): GraphQLError {
  if (error.extensions !== undefined) return error;
  const { nodes, path, originalError } = error;
  return new GraphQLError(error.message, {
    nodes: nodes ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
  });
}
