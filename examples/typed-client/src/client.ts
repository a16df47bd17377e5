/** One function: an operation whose answer has the type that was generated for it. */
import type { TypedDocumentString } from './generated/graphql';

export interface GraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly errorId?: string };
}

/** The graph answered, and not with everything: what is there is in `data`. */
export class PartialAnswer<Data> extends Error {
  readonly data: Data | null;
  readonly errors: readonly GraphError[];

  constructor(data: Data | null, errors: readonly GraphError[]) {
    super(errors.map(({ message, extensions }) => `${extensions?.code ?? 'ERROR'}: ${message}`).join('\n'));
    this.data = data;
    this.errors = errors;
  }
}

export interface ClientOptions {
  readonly url: string;
  readonly token?: string | undefined;
}

export type Ask = <Data, Variables>(
  operation: TypedDocumentString<Data, Variables>,
  ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
) => Promise<Data>;

export function createClient({ url, token }: ClientOptions): Ask {
  return async (operation, ...[variables]) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: operation.toString(), variables }),
    });
    const { data = null, errors = [] } = (await response.json()) as { data?: never; errors?: readonly GraphError[] };
    if (errors.length > 0 || data === null) throw new PartialAnswer(data, errors);
    return data;
  };
}
