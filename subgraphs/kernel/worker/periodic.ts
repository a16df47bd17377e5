/** What a process does again and again beside its other work. */

export interface PeriodicOptions {
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
  readonly onFailure: (error: unknown) => void;
  /** Also at once, not only after the first wait. */
  readonly atOnce?: boolean;
}

/** Rounds never overlap: one that is due during another is left out. Answers how to stop; a round under way is waited for. */
export function startPeriodic({ everyMs, run, onFailure, atOnce = false }: PeriodicOptions): () => Promise<void> {
  let round: Promise<void> | null = null;
  const begin = (): void => {
    round ??= run()
      .then(() => undefined, onFailure)
      .finally(() => (round = null));
  };
  if (atOnce) begin();
  const timer = setInterval(begin, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
