/** What a command asks of the graph, wherever that is. */
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { ExportFormat } from '../../gateway/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { printable } from './printable.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';

export interface ConnectOptions {
  readonly config: Config;
  readonly log: Logger;
  /** A gateway's address; without one a gateway on HOST and PORT is used when it is up, else the store itself. */
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

export interface AskedOperation {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface GraphClient {
  /** `gateway at …`, `the embedded store in …`: for people. */
  readonly place: string;
  /** Throws a StartupError that tells what the graph refused. */
  request<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data>;
  close(): Promise<void>;
}

/** Hands on what is answered to operations of others. */
export interface GraphReader extends GraphClient {
  /** The whole answer as JSON, its errors among it. */
  answer(asked: AskedOperation): Promise<string>;
  /** The rows of one list, as they come. Throws a StartupError for a refusal, and in the middle when what came is not whole. */
  export(asked: AskedOperation, format: ExportFormat): Promise<AsyncIterable<Uint8Array | string>>;
}

export function unwrap<Data>({ data, errors }: Partial<ExecutionResult>): Data {
  const error = errors?.[0];
  if (error !== undefined) throw refusal(error);
  return data as Data;
}

export function refusal({ message, extensions }: GraphQLError): StartupError {
  const advice = extensions?.['code'] === 'UNAUTHENTICATED' ? ' Put a token into WEFT_TOKEN.' : '';
  return new StartupError(`The graph refused: ${printable(message)}${advice}`);
}

export function brokenOff(reason: string): StartupError {
  return new StartupError(`The rows broke off, and what was written is not all of them: ${reason}`);
}
