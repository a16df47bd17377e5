/** Puts what subgraphs sent along for the caller on the response. */
import type { ServerResponse } from 'node:http';
import type { GatewayContext } from '../../executor/types.js';

export function setAnswerHeaders(response: ServerResponse, { answerHeaders }: GatewayContext): void {
  for (const [name, value] of answerHeaders?.entries() ?? []) {
    // What the gateway itself varies by stays said.
    if (name === 'vary') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}
