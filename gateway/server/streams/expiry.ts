/** Ends what was let in by a token when the token ends. */
import type { Identity } from '../../../subgraphs/kernel/auth/index.js';

/** Node's timers fire at once when set for longer. */
const longestTimer = 2 ** 31 - 1;

/** Calls `onExpired` when the identity's token ends; answers how to stop waiting. Never for identities without an end. */
export function atExpiry(identity: Identity, onExpired: () => void): () => void {
  const { expiresAt } = identity;
  if (expiresAt === null) return () => undefined;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const remaining = expiresAt.getTime() - Date.now();
    timer = setTimeout(remaining > longestTimer ? wait : onExpired, Math.min(Math.max(remaining, 0), longestTimer));
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}
