/** Who may sign what: levels, and the ways in which a request ends. */
import { userError } from '../../kernel/errors/index.js';

export type ApprovalDecision = 'APPROVED' | 'REJECTED' | 'ESCALATED';

export type RequestStatus = 'OPEN' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN';

export const requestTransitions: Readonly<Record<RequestStatus, readonly RequestStatus[]>> = {
  OPEN: ['APPROVED', 'REJECTED', 'WITHDRAWN'],
  APPROVED: [],
  REJECTED: [],
  WITHDRAWN: [],
};

const scopePattern = /^workflow:approve:([1-9]\d?)$/;

/** The highest level at which these scopes let somebody decide: `workflow:approve` is 1, `workflow:approve:3` is 3; 0 is none. */
export function approvalLevelOf(scopes: Iterable<string>): number {
  let level = 0;
  for (const scope of scopes) {
    if (scope === '*') return Number.MAX_SAFE_INTEGER;
    if (scope === 'workflow:approve') level = Math.max(level, 1);
    const numbered = scopePattern.exec(scope);
    if (numbered !== null) level = Math.max(level, Number(numbered[1]));
  }
  return level;
}

/** Throws NOT_PERMITTED below the level that the request needs. Any approver may escalate. */
export function assertLevel(input: {
  readonly held: number;
  readonly required: number;
  readonly decision: ApprovalDecision;
}): void {
  const { held, required, decision } = input;
  if (decision === 'ESCALATED' ? held >= 1 : held >= required) return;
  throw userError('NOT_PERMITTED', null, `This decision needs approval level ${required}; the caller has ${held}.`);
}

/** The next level up. Throws INVALID_TRANSITION at the policy's top. */
export function nextLevel(input: { readonly level: number; readonly top: number }): number {
  if (input.level < input.top) return input.level + 1;
  throw userError(
    'INVALID_TRANSITION',
    'decision',
    `The request stands at level ${input.level}, the highest of its policy: approve or reject it.`,
  );
}
