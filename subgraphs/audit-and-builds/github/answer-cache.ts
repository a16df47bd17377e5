/** Answers of GitHub that are asked for again only if they have changed: one that has not counts against no limit. */
import type { Octokit } from '@octokit/core';

type Answer = Awaited<ReturnType<Octokit['request']>>;

export class AnswerCache {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #kept = new Map<string, { readonly etag: string; readonly answer: Answer }>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Octokit's hooks share one object of options, so the condition is written into its `headers`. */
  async ask(
    key: string,
    headers: Record<string, string | number | undefined>,
    request: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const kept = this.#kept.get(key);
    if (kept === undefined) return this.#keep(key, await request());
    headers['if-none-match'] = kept.etag;
    try {
      return this.#keep(key, await request());
    } catch (error) {
      if ((error as { status?: unknown }).status !== 304) throw error;
      return this.#keep(key, kept.answer);
    }
  }

  #keep(key: string, answer: Answer): Answer {
    const { etag } = answer.headers;
    this.#kept.delete(key);
    if (typeof etag !== 'string') return answer;
    this.#kept.set(key, { etag, answer });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return answer;
  }
}
