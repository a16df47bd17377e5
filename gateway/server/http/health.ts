/** Whether the process lives, and whether it can do its work now. */
export interface ReadinessCheck {
  readonly name: string;
  /** Rejects, or takes too long, when what it checks is not ready. A word: it is, and something about it is not as it should be. */
  check(): Promise<void | string>;
}

export interface Readiness {
  readonly ready: boolean;
  /** `ok`, `failed`, or a check's own word. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Asked more often than any load balancer would call it dead. */
const checkTimeoutMilliseconds = 2_000;

/** Reasons stay in the log (`onFailure`): the answer is for anyone who can reach the port. */
export async function readinessOf(
  checks: readonly ReadinessCheck[],
  onFailure: (name: string, error: unknown) => void,
): Promise<Readiness> {
  const entries = await Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        return [name, (await withTimeout(check())) ?? 'ok'] as const;
      } catch (error) {
        onFailure(name, error);
        return [name, 'failed'] as const;
      }
    }),
  );
  return { ready: entries.every(([, state]) => state !== 'failed'), checks: Object.fromEntries(entries) };
}

async function withTimeout<Value>(check: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer in ${checkTimeoutMilliseconds} ms`)),
      checkTimeoutMilliseconds,
    );
  });
  try {
    return await Promise.race([check, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
