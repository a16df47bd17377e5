/** From a request to rows on their way: planned, admitted and begun, so that what is wrong is said before the first byte. */
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import { compileVariables } from '../executor/operation/variables.js';
import { toGraphQLError } from '../server/operations/documents.js';
import type { AdmittedOperation } from '../server/operations/admitted-operation.js';
import type { AbortableContext, Operations } from '../server/operations/operations.js';
import type { OperationParameters } from '../server/http/parameters.js';
import type { Row } from './columns.js';
import { writeCsv } from './csv.js';
import { mediaTypeOf, type ExportFormat } from './format.js';
import { writeNdjson } from './ndjson.js';
import { planExport, type ExportPlan } from './plan-export.js';
import { ExportFailed, readPages } from './read-pages.js';
import { writeXlsx } from './xlsx.js';

/** What connections take as `first` at most. Pages are smaller where one of this size would cost too much. */
export const largestPage = 100;

export interface ExportRequest {
  readonly operations: Operations;
  readonly parameters: OperationParameters;
  readonly identity: Identity;
  readonly format: ExportFormat;
  /** One for each page: what a page has loaded is not kept for the next. */
  readonly createContext: () => AbortableContext;
  readonly pageSize?: number | undefined;
  readonly onRows?: (rows: number) => void;
}

export interface OpenedExport {
  readonly mediaType: string;
  readonly fileName: string;
  /** Throws {@link ExportFailed} where a page fails: then what was written is not whole. */
  readonly chunks: AsyncIterable<Uint8Array | string>;
}

/** Throws {@link ExportFailed} for an operation that can't be exported or whose first page fails. */
export async function openExport(request: ExportRequest): Promise<OpenedExport> {
  const { operations, parameters, identity, format, createContext } = request;
  const { plan, variables } = planOf(operations, parameters);
  const { pageSize, ...page } = admitPage(request, plan, variables);
  const execute = async (own: Record<string, unknown>) => {
    if (identity.expiresAt !== null && identity.expiresAt.getTime() <= Date.now()) throw failedWith(expired());
    return operations.execute({ ...page, variables: own }, createContext());
  };
  const pages = readPages(plan, execute, { pageSize, variables });
  const first = await pages.next();
  return {
    mediaType: mediaTypeOf[format],
    fileName: `${plan.name}.${format}`,
    chunks: write(format, plan, counted(first, pages, request.onRows)),
  };
}

function planOf(operations: Operations, parameters: OperationParameters) {
  const chosen = operations.choose(parameters);
  if (!('node' in chosen)) throw new ExportFailed(chosen);
  const { document, source, node } = chosen;
  const schema = operations.schema;
  const none = new Set<string>();
  const coerced = compileVariables(schema, node, none, none)(parameters.variables);
  if ('errors' in coerced) throw new ExportFailed(coerced.errors);
  const { variables } = coerced;
  try {
    return { plan: planExport({ schema, document, source, operation: node, variables }), variables };
  } catch (error) {
    if (error instanceof RequestError) throw failedWith(error);
    throw error;
  }
}

/** With the largest page that the limit of cost lets in. */
function admitPage(
  { operations, identity, parameters, pageSize = largestPage }: ExportRequest,
  { source, paging }: ExportPlan,
  variables: Readonly<Record<string, unknown>>,
): AdmittedOperation & { readonly pageSize: number } {
  const { operationName } = parameters;
  for (let size = pageSize; ; size = Math.floor(size / 2)) {
    const own = paging?.variablesOf(size, paging.after) ?? variables;
    const admitted = operations.admit({ query: source, operationName, variables: own }, identity);
    if ('type' in admitted) return { ...admitted, pageSize: size };
    const isTooLarge = admitted.some(({ extensions }) => extensions['limit'] === 'cost');
    if (!isTooLarge || paging === null || size === 1) throw new ExportFailed(admitted);
  }
}

async function* counted(
  first: IteratorResult<readonly Row[], void>,
  rest: AsyncGenerator<readonly Row[], void>,
  onRows: ExportRequest['onRows'],
): AsyncGenerator<readonly Row[]> {
  try {
    for (let page = first; page.done !== true; page = await rest.next()) {
      yield page.value;
      onRows?.(page.value.length);
    }
  } finally {
    await rest.return();
  }
}

function write(format: ExportFormat, { name, columns }: ExportPlan, pages: AsyncIterable<readonly Row[]>) {
  switch (format) {
    case 'csv':
      return writeCsv(columns, pages);
    case 'ndjson':
      return writeNdjson(pages);
    case 'xlsx':
      return writeXlsx(name, columns, pages);
  }
}

function failedWith(error: RequestError): ExportFailed {
  return new ExportFailed([toGraphQLError(error)]);
}

function expired(): RequestError {
  return new RequestError(
    'UNAUTHENTICATED',
    'The token has expired before the last row: export again with a fresh one.',
  );
}
