/** Whether the subgraphs of a gateway have come up: what an orchestrator waits for before it sends requests. */

export interface SubgraphAddress {
  readonly name: string;
  readonly url: string;
}

export interface SubgraphsUpOptions {
  /** For one answer. */
  readonly timeoutMs?: number;
  /** Whoever asks sooner is told what was found before. Longer than an answer may take, so that rounds never overlap. */
  readonly roundMs?: number;
}

/**
 * Each subgraph has to answer once. From then on it stays so: one that is sick later nulls its own fields, and taking the gateway
 * out for it, or for one that a reload brings, would take out all the others.
 */
export class SubgraphsUp {
  readonly #timeoutMs: number;
  readonly #roundMs: number;
  #awaited: readonly SubgraphAddress[] | null = null;
  #isUp = false;
  #round: Promise<void> = Promise.resolve();
  #nextRoundAt = 0;

  constructor({ timeoutMs = 1_500, roundMs = 2_000 }: SubgraphsUpOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#roundMs = roundMs;
  }

  /** The subgraphs that there are now; until all have answered, a later list takes the place of an earlier one. */
  expect(subgraphs: readonly SubgraphAddress[]): void {
    this.#awaited = subgraphs;
    this.#nextRoundAt = 0;
  }

  /** Rejects, naming them, when there are some that have never answered. */
  async check(): Promise<void> {
    if (this.#isUp) return;
    const now = performance.now();
    if (now >= this.#nextRoundAt) {
      this.#nextRoundAt = now + this.#roundMs;
      this.#round = this.#ask();
    }
    await this.#round;
    if (this.#isUp) return;
    const names = (this.#awaited ?? []).map(({ name }) => name).join(', ');
    throw new Error(`no answer yet from ${names === '' ? 'any subgraph' : names}`);
  }

  async #ask(): Promise<void> {
    const asked = this.#awaited;
    if (asked === null) return;
    const answers = await Promise.all(asked.map(({ url }) => isAnswering(url, this.#timeoutMs)));
    // Replaced meanwhile: the next round asks those.
    if (this.#awaited !== asked) return;
    this.#awaited = asked.filter((_, index) => answers[index] !== true);
    this.#isUp = this.#awaited.length === 0;
  }
}

/** Any answer in GraphQL's shape is one: also that the caller is not known. */
async function isAnswering(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
      body: '{"query":"{ __typename }"}',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer: unknown = await response.json();
    return (
      response.status < 500 && typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer)
    );
  } catch {
    return false;
  }
}
