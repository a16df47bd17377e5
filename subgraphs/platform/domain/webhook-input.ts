/** What may be asked for when an endpoint is saved. */
import { userError } from '../../kernel/errors/index.js';

const maxNames = 100;

export function assertEndpointName(name: string): void {
  if (name.trim() === '' || name.length > 200 || name.includes('\0'))
    throw userError('VALIDATION', 'name', 'name must have 1 to 200 characters.');
}

/** `known` says whether there are entities of a type. */
export function assertNames(
  field: 'types' | 'actions' | 'scopes',
  names: readonly string[],
  known: (name: string) => boolean = () => true,
): void {
  if (names.length > maxNames) throw userError('VALIDATION', field, `${field} may have at most ${maxNames} names.`);
  for (const name of names) {
    if (name === '' || name.length > 200 || name.includes('\0'))
      throw userError('VALIDATION', field, 'A name has 1 to 200 characters.');
    if (!known(name)) throw userError('VALIDATION', field, `There are no entities of type ${name.slice(0, 80)}.`);
  }
}

/** An endpoint sees what its owner lets it see: no scope that the owner has not. */
export function assertHeldScopes(scopes: readonly string[], isHeld: (scope: string) => boolean): void {
  const missing = scopes.filter((scope) => !isHeld(scope));
  if (missing.length > 0)
    throw userError(
      'NOT_PERMITTED',
      'scopes',
      `You can't give scopes that you have not: ${missing.join(', ').slice(0, 200)}.`,
    );
}

/** Longer than a receiver needs to change its secret, shorter than a lost one is to be of use. */
export const maxOverlapSeconds = 30 * 86_400;

export function assertOverlap(seconds: number): void {
  if (seconds < 0 || seconds > maxOverlapSeconds)
    throw userError('VALIDATION', 'overlapSeconds', `overlapSeconds must be 0 to ${maxOverlapSeconds}.`);
}
