/** Optimistic concurrency: a change names the version it was made against. */
import { userError } from '../errors/index.js';

/** Throws CONFLICT, naming both versions, when another change came first. */
export function assertVersion(input: { expected: number; current: number; field?: string }): void {
  if (input.expected === input.current) return;
  throw userError(
    'CONFLICT',
    input.field ?? 'expectedVersion',
    `Version ${input.expected} was expected, the current version is ${input.current}. Read it again, then decide.`,
  );
}

/** Throws INVALID_TRANSITION, naming the current state and the legal next ones. `transitions` is the state machine as data. */
export function assertTransition<State extends string>(input: {
  transitions: Readonly<Record<State, readonly State[]>>;
  from: State;
  to: State;
  field?: string;
}): void {
  const legal = input.transitions[input.from];
  if (legal.includes(input.to)) return;
  const next = legal.length === 0 ? 'it is final' : `from there it can become ${legal.join(', ')}`;
  throw userError(
    'INVALID_TRANSITION',
    input.field ?? null,
    `It is ${input.from} and can't become ${input.to}: ${next}.`,
  );
}
