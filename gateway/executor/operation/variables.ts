/** Checks a request's variables against the API schema. */
import {
  getVariableValues,
  GraphQLError,
  isInputType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { exactLiteral, fitExactNumbers, mayHoldExactNumbers } from '../../json/exact-json.js';

export type CoerceVariables = (
  raw: Readonly<Record<string, unknown>> | null | undefined,
) => { readonly variables: Readonly<Record<string, unknown>> } | { readonly errors: readonly GraphQLError[] };

const none = { variables: Object.freeze({}) };
/** graphql-js would list one error for each bad item of a list. */
const maxErrors = 50;

/**
 * Answers the variables as the client sent them, because subgraphs coerce them again, with the operation's defaults.
 * Variables that the operation doesn't declare are dropped.
 */
export function compileVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  conditionVariables: ReadonlySet<string>,
  deferVariables: ReadonlySet<string>,
): CoerceVariables {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return () => none;
  const types = new Map<string, GraphQLInputType>();
  for (const { variable, type: node } of definitions) {
    const type = typeFromAST(schema, node);
    if (isInputType(type)) types.set(variable.name.value, type);
  }
  const fitted = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const type = types.get(name);
        return [name, type === undefined ? value : fitExactNumbers(value, type)];
      }),
    );
  /** With numbers that graphql-js would change. */
  const defaults = fitted(
    Object.fromEntries(
      definitions.flatMap(({ variable, defaultValue }) => {
        const exact = defaultValue && exactLiteral(defaultValue);
        return exact === undefined ? [] : [[variable.name.value, exact]];
      }),
    ),
  );
  return (raw) => {
    const sent = raw == null ? {} : mayHoldExactNumbers(raw) ? fitted(raw) : raw;
    const { coerced, errors } = getVariableValues(schema, definitions, sent, { maxErrors });
    if (errors) return { errors: errors.map(asBadInput) };
    const variables: Record<string, unknown> = {};
    for (const name of Object.keys(coerced)) {
      const fallback = Object.hasOwn(defaults, name) ? defaults[name] : coerced[name];
      variables[name] = Object.hasOwn(sent, name) ? sent[name] : fallback;
    }
    // A nullable variable with a default may stand there, and be sent as null all the same.
    for (const name of conditionVariables) if (typeof coerced[name] !== 'boolean') return nullCondition(name);
    // The argument of @defer has a default of its own.
    for (const name of deferVariables) if (coerced[name] === null) return nullCondition(name);
    return { variables };
  };
}

function nullCondition(name: string) {
  return { errors: [asBadInput(new GraphQLError(`Argument "if" of a condition must not be null: $${name}.`))] };
}

function asBadInput(error: GraphQLError): GraphQLError {
  return new GraphQLError(withoutValue(error), {
    nodes: error.nodes ?? null,
    extensions: { ...error.extensions, code: 'BAD_USER_INPUT' },
  });
}

/** graphql-js repeats what was sent, the whole input with its secrets, where the place and the reason say enough. */
function withoutValue({ message, originalError }: GraphQLError): string {
  const variable = /^Variable "\$\w+" got invalid value /.exec(message)?.[0];
  const reason = originalError?.message;
  if (variable === undefined || reason === undefined || !message.endsWith(`; ${reason}`)) return message;
  const place = / at "[^"\\]+"$/.exec(message.slice(0, -reason.length - 2))?.[0] ?? '';
  return `${variable.trimEnd()}${place}; ${reason.replace(/\bvalue: [\s\S]*$/, 'value that was sent.')}`;
}
