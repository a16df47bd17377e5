/** Why a scan came to nothing, in words for the account that asked for it. */
import type { Answer } from './answer.js';

export class ScanFailure extends Error {
  /** What was received before it failed. */
  readonly answer: Omit<Answer, 'body'> | undefined;

  constructor(message: string, options: { answer?: Omit<Answer, 'body'> | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ScanFailure';
    this.answer = options.answer;
  }
}
