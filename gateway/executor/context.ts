/** What every step of a request is given. */
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { AnswerHeaders } from './answer/answer-headers.js';

/** One for each request; for a subscription, one for its whole life. */
export interface GatewayContext {
  /** Joins the log lines of one request, over processes too (`x-request-id`). */
  readonly requestId: string;
  /** Headers of the request, lower case. Only `authorization`, `x-request-id` and the trace context are forwarded to a subgraph by default. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Ends when the caller has gone away or the time limit was reached. */
  readonly signal?: AbortSignal | undefined;
  readonly identity: Identity;
  /** Where the request came from: what callers without a token are told apart by. */
  readonly callerAddress?: string | undefined;
  /** Active custom labels of `@override(label:)`; unknown ones are ignored. */
  readonly overrideLabels?: readonly string[] | undefined;
  /** Where this request falls in `@override(label: "percent(…)")`, 0 up to 100; drawn for each request when missing. */
  readonly overridePercentage?: number | undefined;
  /** One subgraph context for each request and subgraph, made by the in-process transport's `contextFor`. */
  readonly perSubgraph: Map<string, unknown>;
  /** True when files came with the operations: among the variables there may be some. */
  readonly hasFiles?: boolean | undefined;
  /** Takes what subgraphs send along for the caller; undefined where there is no response that could carry it. */
  readonly answerHeaders?: AnswerHeaders | undefined;
}
