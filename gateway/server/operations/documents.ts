/** From the text of an operation to a document that is parsed, within the limits and valid: once for each text. */
import {
  GraphQLError,
  Kind,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { LruCache } from '../../lru-cache.js';
import { deferRules } from './defer-rules.js';
import {
  compileCost,
  isIntrospectionRoot,
  limitExceeded,
  measureDocument,
  type OperationCost,
  type OperationLimits,
} from '../../limits/index.js';

export interface PreparedOperation {
  readonly node: OperationDefinitionNode;
  readonly cost: OperationCost;
}

export interface PreparedDocument {
  readonly source: string;
  /** Null when the text does not parse. */
  readonly document: DocumentNode | null;
  /** Why it can't be executed; empty when it can. */
  readonly errors: readonly GraphQLError[];
  readonly operations: readonly PreparedOperation[];
  readonly usesIntrospection: boolean;
  /** Has a `@defer` somewhere, active or not. */
  readonly defers: boolean;
}

/** Of the text of all documents kept, in UTF-16 units; their trees take about ten times as much. */
export const maxCachedText = 4 * 1024 * 1024;
const maxCachedDocuments = 2_000;

/** Whoever mends a document needs the first few; each further one costs a search for names like the one that is wrong. */
const mostProblems = 5;

export interface Documents {
  readonly prepare: (source: string) => PreparedDocument;
  /** Whether `prepare` has nothing left to do. */
  readonly isPrepared: (source: string) => boolean;
}

/** A document may be asked for more than once on its way to its refusal. */
const mostRefused = 16;

/** `schema` is asked each time, because a reload changes it; documents that were valid against another are prepared anew. */
export function createDocuments(
  schema: () => GraphQLSchema,
  limits: OperationLimits,
  options: { readonly hideSuggestions: boolean },
): Documents {
  const cache = new LruCache<string, PreparedDocument>({ maxEntries: maxCachedDocuments, maxWeight: maxCachedText });
  // What is refused is cheap to refuse again, and kept among the others it would push out what is used.
  const refused = new LruCache<string, PreparedDocument>({ maxEntries: mostRefused, maxWeight: maxCachedText / 4 });
  let cachedFor: GraphQLSchema | undefined;

  const known = (source: string): PreparedDocument | undefined => {
    const current = schema();
    if (current !== cachedFor) {
      cache.clear();
      refused.clear();
      cachedFor = current;
    }
    return cache.get(source) ?? refused.get(source);
  };
  return {
    isPrepared: (source) => known(source) !== undefined,
    prepare(source) {
      let prepared = known(source);
      if (prepared === undefined) {
        prepared = prepareDocument(schema(), source, limits, options);
        (prepared.errors.length === 0 ? cache : refused).set(source, prepared, source.length);
      }
      return prepared;
    },
  };
}

function prepareDocument(
  schema: GraphQLSchema,
  source: string,
  limits: OperationLimits,
  { hideSuggestions }: { readonly hideSuggestions: boolean },
): PreparedDocument {
  let document: DocumentNode | null = null;
  const refused = (errors: readonly GraphQLError[]): PreparedDocument => ({
    source,
    document,
    errors,
    operations: [],
    usesIntrospection: false,
    defers: false,
  });
  try {
    if (source.length > limits.maxDocumentLength) {
      throw limitExceeded('documentLength', source.length, limits.maxDocumentLength);
    }
    document = parse(source, { maxTokens: limits.maxTokens });
    measureDocument(document, limits);
  } catch (error) {
    return refused([toRequestProblem(error, limits)]);
  }
  const problems = problemsOf(schema, document, hideSuggestions);
  if (problems.length > 0) return refused(problems.map((problem) => withCode(problem, 'GRAPHQL_VALIDATION_FAILED')));
  const operations: PreparedOperation[] = [];
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    operations.push({ node: definition, cost: compileCost(schema, document, definition, limits) });
  }
  const defers = source.includes('@') && usesDirective(document, 'defer');
  return { source, document, errors: [], operations, usesIntrospection: usesIntrospection(document), defers };
}

const cheapRules = [...specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule), ...deferRules];

/** The one rule whose work grows with the square of a document is asked last, of what the others let through. */
function problemsOf(schema: GraphQLSchema, document: DocumentNode, hideSuggestions: boolean): readonly GraphQLError[] {
  // A suggestion is looked for among all names of the schema.
  const options = { maxErrors: mostProblems, hideSuggestions };
  const problems = validate(schema, document, cheapRules, options);
  return problems.length > 0 ? problems : validate(schema, document, [OverlappingFieldsCanBeMergedRule], options);
}

function toRequestProblem(error: unknown, limits: OperationLimits): GraphQLError {
  if (error instanceof RequestError) return toGraphQLError(error);
  if (error instanceof GraphQLError) {
    // graphql-js says it in words only.
    if (error.message.includes('Parsing aborted'))
      return toGraphQLError(limitExceeded('tokens', null, limits.maxTokens));
    return withCode(error, 'GRAPHQL_PARSE_FAILED');
  }
  // The parser descends recursively: within the tokens allowed, values or selections can be nested deeper than the stack.
  if (error instanceof RangeError) return toGraphQLError(limitExceeded('depth', null, limits.maxDepth));
  throw error;
}

export function toGraphQLError(error: RequestError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error, extensions: { ...error.extensions } });
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes === undefined ? { source: error.source, positions: error.positions } : { nodes: error.nodes }),
    extensions: { code },
  });
}

function usesIntrospection(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field(node) {
      found ||= isIntrospectionRoot(node.name.value);
    },
  });
  return found;
}

function usesDirective(document: DocumentNode, directive: string): boolean {
  let found = false;
  visit(document, {
    Directive(node) {
      found ||= node.name.value === directive;
    },
  });
  return found;
}
