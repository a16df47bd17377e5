/** The limits by name, with defaults that the product's own largest operations stay well below. */
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import type { FieldWeights } from './weights.js';

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
  /** What `compileCost` counts, with variables applied. */
  readonly maxCost: number;
  /** Operations in one HTTP request. 1 is: no batching. */
  readonly maxBatch: number;
  /** What a connection is taken to answer when neither `first` nor `last` is given nor has a default. */
  readonly assumedPageSize: number;
  /**
   * The same below another page or list. Few parents fill a page: charged whole, four levels of default pages would be
   * refused that answer a hundred objects. A size that is asked for counts as it is.
   */
  readonly assumedNestedPageSize: number;
  /** What a plain list is taken to hold. */
  readonly assumedListSize: number;
  readonly weights: FieldWeights;
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
  assumedNestedPageSize: 8,
  assumedListSize: 10,
  weights: { fields: new Map() },
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
  | 'batch'
  | 'operations'
  | 'fragments'
  | 'variables'
  | 'introspection'
  | 'nesting'
  | 'literals'
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
  batch: 'operations in one request',
  operations: 'operations in the document',
  fragments: 'fragments in the document',
  variables: 'variables of an operation',
  introspection: 'names for one list or for the schema in an introspection',
  nesting: 'levels of nested values',
  literals: 'values in lists and objects that are written out',
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
  const asked = value === null ? '' : `, and this has ${value}`;
  return `At most ${maximum} ${descriptions[limit]} are allowed${asked}.`;
}
