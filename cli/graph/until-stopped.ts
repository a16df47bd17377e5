/** How a serving process learns that it is to end. */

/**
 * Resolves at the first SIGINT or SIGTERM, and rejects when `working` does. A second signal ends the process at once, for
 * the impatient.
 */
export function untilStopped(working: Promise<void> = Promise.resolve()): Promise<void> {
  return new Promise((resolve, reject) => {
    working.catch(reject);
    const stop = (): void => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  });
}
