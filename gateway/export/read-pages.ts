/** Reads the rows of an export page by page, each an operation of its own: nothing is held between two of them. */
import { GraphQLError, type ExecutionResult } from 'graphql';
import type { Row } from './columns.js';
import type { ExportPlan, Paging } from './plan-export.js';

/** What is wrong with one row is often wrong with each of its page. */
const mostErrors = 5;

/** An answer that is not whole ends the export: a file that lacks something must not look whole. */
export class ExportFailed extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('The rows can not be read.');
    this.name = 'ExportFailed';
    this.errors = errors;
  }
}

export type ExecutePage = (variables: Record<string, unknown>) => Promise<ExecutionResult>;

/** Throws {@link ExportFailed}. The next page is asked for when the one before was taken. */
export async function* readPages(
  { paging, rowsOf }: ExportPlan,
  execute: ExecutePage,
  { pageSize, variables }: { readonly pageSize: number; readonly variables: Record<string, unknown> },
): AsyncGenerator<readonly Row[], void> {
  if (paging === null) {
    yield rowsIn(await execute(variables), rowsOf).rows;
    return;
  }
  let left = paging.rows ?? Number.POSITIVE_INFINITY;
  let after = paging.after;
  while (left > 0) {
    const answer = await execute(paging.variablesOf(Math.min(pageSize, left), after));
    const { rows, data } = rowsIn(answer, rowsOf);
    yield rows;
    left -= rows.length;
    const next = cursorAfter(data, paging, after);
    if (next === null) return;
    after = next;
  }
}

/** Null at the end of the list. */
function cursorAfter(data: Row, { pageInfoOf }: Paging, after: string | null): string | null {
  const { hasNextPage, endCursor } = pageInfoOf(data);
  if (!hasNextPage) return null;
  // Asked for with the same cursor, the same page would come for ever.
  if (endCursor === null || endCursor === after) throw failed('The list does not say where its next page begins.');
  return endCursor;
}

function rowsIn({ data, errors = [] }: ExecutionResult, rowsOf: ExportPlan['rowsOf']) {
  if (errors.length > 0) throw new ExportFailed(errors.slice(0, mostErrors));
  const rows = data == null ? null : rowsOf(data);
  if (data == null || rows === null) throw failed('There is no such list: what should hold it is null.', 'NOT_FOUND');
  return { rows, data };
}

function failed(message: string, code = 'INTERNAL_SERVER_ERROR'): ExportFailed {
  return new ExportFailed([new GraphQLError(message, { extensions: { code } })]);
}
