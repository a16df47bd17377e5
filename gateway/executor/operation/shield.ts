/** What an operation answers null for, with an error each, because its caller may not see it. */
import type { GraphQLError, OperationDefinitionNode } from 'graphql';
import type { ResponsePath } from '../fetch/data-path.js';
import type { GatewayContext } from '../context.js';

/** The error to say at `path`. */
export type Denial = (path: ResponsePath, context: GatewayContext) => GraphQLError;

export interface Shield {
  /** The same for two callers of a document who may see the same of it. */
  readonly key: string;
  /**
   * The operation without what the caller may not see: only this is asked of subgraphs. Fragments must be inlined; what stays
   * keeps its directives, as the same nodes. Null: nothing is left.
   */
  readonly visible: (operation: OperationDefinitionNode) => OperationDefinitionNode | null;
  /** Null for a field that may be seen. */
  readonly deniedField: (type: string, field: string) => Denial | null;
  /** Null for a type that may be seen. */
  readonly deniedType: (type: string) => Denial | null;
}
