import type { DocumentNode, OperationTypeNode } from 'graphql';

/** An operation that may run. */
export interface AdmittedOperation {
  readonly type: OperationTypeNode;
  readonly document: DocumentNode;
  readonly source: string;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown> | null;
  /** Has a `@defer`: to be answered in parts, if the caller takes those. */
  readonly defers: boolean;
}
