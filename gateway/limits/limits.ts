/** The limits by name, with defaults that the product's own largest operations stay well below. */
import { RequestError } from '../../subgraphs/kernel/errors/index.js';

export interface OperationLimits {
  /** Characters of a document. What is prepared for it is kept, and holds its text: 5,000 tokens rarely take a tenth of the default. */
  readonly maxDocumentLength: number;
  /** Lexical tokens of a document; parsing stops there. The standard introspection query has about 400. */
  readonly maxTokens: number;
  /** Fields inside fields. What is inside `__schema` and `__type` has a limit of graphql-js's own. */
  readonly maxDepth: number;
  /** Aliased fields, fragments spread out. */
  readonly maxAliases: number;
  /** Response keys at the root. */
  readonly maxRootFields: number;
  /** Directives anywhere in the document. */
  readonly maxDirectives: number;
  /** Selections of a field that is already selected at the same place. */
  readonly maxRepeatedFields: number;
  /** Fields with all fragments spread out. */
  readonly maxFields: number;
  /** Objects that the answer may hold, from `first` and `last` with variables applied. */
  readonly maxCost: number;
  /** Operations in one HTTP request. 1 is: no batching. */
  readonly maxBatch: number;
  /** What a connection is taken to answer when neither `first` nor `last` is given nor has a default. */
  readonly assumedPageSize: number;
  /** What a plain list is taken to hold. */
  readonly assumedListSize: number;
}

export const defaultLimits: OperationLimits = {
  maxDocumentLength: 256 * 1024,
  maxTokens: 5_000,
  maxDepth: 20,
  maxAliases: 50,
  maxRootFields: 20,
  maxDirectives: 50,
  maxRepeatedFields: 50,
  maxFields: 2_000,
  maxCost: 50_000,
  maxBatch: 1,
  assumedPageSize: 20,
  assumedListSize: 10,
};

/** The limits that an operation's error names. */
export type LimitName =
  | 'documentLength'
  | 'tokens'
  | 'depth'
  | 'aliases'
  | 'rootFields'
  | 'directives'
  | 'repeatedFields'
  | 'fields'
  | 'expansion'
  | 'cost'
  | 'batch'
  | 'nesting'
  | 'containers'
  | 'values'
  | 'bodyBytes'
  | 'subscriptions';

const descriptions: Record<LimitName, string> = {
  documentLength: 'characters in the document',
  tokens: 'tokens in the document',
  depth: 'levels of nested fields',
  aliases: 'aliases',
  rootFields: 'fields at the root',
  directives: 'directives',
  repeatedFields: 'repeated fields',
  fields: 'fields with fragments spread out',
  expansion: 'selections with every fragment written out wherever it is spread',
  cost: 'objects in an answer',
  batch: 'operations in one request',
  nesting: 'levels of nested values',
  containers: 'objects and lists in the body',
  values: 'values in the body',
  bodyBytes: 'bytes in the body',
  subscriptions: 'running operations on one connection',
};

/** `value` is what was asked for, or null where counting stopped at the limit. */
export function limitExceeded(limit: LimitName, value: number | null, maximum: number): RequestError {
  return new RequestError('LIMIT_EXCEEDED', messageOf(limit, value, maximum), {
    extensions: { limit, value, maximum },
  });
}

function messageOf(limit: LimitName, value: number | null, maximum: number): string {
  if (limit === 'cost' && value !== null) {
    return (
      `The answer may hold ${value} objects, and at most ${maximum} are allowed. ` +
      'Ask for smaller pages (first, last), or for fewer pages inside pages.'
    );
  }
  const asked = value === null ? '' : `, and this has ${value}`;
  return `At most ${maximum} ${descriptions[limit]} are allowed${asked}.`;
}
