/** The parameters of a GraphQL request, as every transport sends them. */
import { GraphQLError } from 'graphql';
import { ExactNumber } from '../../json/exact-json.js';
import { documentNotTrusted, type TrustedDocuments } from '../../limits/index.js';

export interface OperationParameters {
  readonly query?: string | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly extensions?: Record<string, unknown> | null | undefined;
  /** Id of a trusted document, beside `extensions.persistedQuery.sha256Hash`. */
  readonly documentId?: string | undefined;
}

export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Throws BAD_REQUEST for parameters of the wrong type. */
export function toParameters(value: unknown): OperationParameters {
  if (!isRecord(value)) throw badRequest('A GraphQL request is a JSON object.');
  const { query, operationName, variables, extensions, documentId } = value;
  checkText('query', query);
  checkText('operationName', operationName);
  checkText('documentId', documentId);
  checkRecord('variables', variables);
  checkRecord('extensions', extensions);
  return value;
}

function checkText(name: string, value: unknown): void {
  if (value != null && typeof value !== 'string') throw badRequest(`"${name}" must be a string.`);
}

function checkRecord(name: string, value: unknown): void {
  if (value != null && !isRecord(value)) throw badRequest(`"${name}" must be an object.`);
}

/**
 * Puts the text of a trusted document in place of its id, and in the mode that lets nothing else in refuses every other.
 * Without trusted documents the parameters are answered as they are.
 */
export function withTrustedDocument(
  parameters: OperationParameters,
  trusted: TrustedDocuments | null,
): OperationParameters {
  if (trusted === null) return parameters;
  const id = parameters.documentId ?? persistedHash(parameters);
  const registered = id === undefined ? null : trusted.find(id);
  const { documentId: _documentId, extensions, ...rest } = parameters;
  if (registered !== null) {
    const { persistedQuery: _persistedQuery, ...others } = extensions ?? {};
    return { ...rest, query: registered, extensions: others };
  }
  if (parameters.query === undefined || !trusted.holds(parameters.query)) throw documentNotTrusted();
  return parameters;
}

/** The hash of an automatic persisted query or a trusted document. */
export function persistedHash(parameters: OperationParameters): string | undefined {
  const persisted = parameters.extensions?.['persistedQuery'];
  if (!isRecord(persisted)) return undefined;
  return typeof persisted['sha256Hash'] === 'string' ? persisted['sha256Hash'] : undefined;
}
