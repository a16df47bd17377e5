import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideItem, type ItemCommand, type ItemFacts } from './item-decisions.js';
import { itemTransitions } from './item-states.js';
import { orderStatusOf } from './order-status.js';
import { apply, commands, orderOf, shown, type ModelCommand, type ModelItem } from '../tests/item-model.js';

const sequences = 3_000;

function commandOf(command: ModelCommand): ItemCommand {
  switch (command) {
    case 'claim':
      return { kind: 'CLAIM' };
    case 'complete':
      return { kind: 'COMPLETE' };
    case 'fail':
      return { kind: 'FAIL', giveUp: null };
    case 'refuse':
      return { kind: 'FAIL', giveUp: 'notRetryable' };
    case 'timeOut':
      return { kind: 'TIME_OUT', giveUp: null };
    case 'approve':
      return { kind: 'APPROVE' };
    case 'reject':
      return { kind: 'REJECT' };
    case 'cancel':
      return { kind: 'CANCEL' };
    case 'redrive':
      return { kind: 'REDRIVE' };
  }
}

function factsOf({ needsApproval, attempts }: ModelItem): ItemFacts {
  const approvalStatus = needsApproval ? 'PENDING' : 'NOT_REQUIRED';
  return {
    status: 'QUEUED',
    approvalStatus,
    isWaiting: false,
    retryCount: 0,
    maxRetries: attempts - 1,
    hasDeadLetter: false,
  };
}

const newItem = fc.record({ needsApproval: fc.boolean(), attempts: fc.integer({ min: 1, max: 3 }) });

test(`the rules and the model agree after every command of ${sequences} sequences`, () => {
  const property = fc.property(
    fc.array(newItem, { minLength: 1, maxLength: 4 }),
    fc.array(fc.tuple(fc.nat(3), fc.constantFrom(...commands)), { maxLength: 60 }),
    (drafts, steps) => {
      const models: ModelItem[] = drafts.map((draft) => ({ ...draft, status: 'queued', failures: 0 }));
      const facts = models.map(factsOf);
      for (const [place, command] of steps) {
        const index = place % models.length;
        const [model, before] = [models[index], facts[index]];
        if (model === undefined || before === undefined) continue;
        const decision = decideItem(before, commandOf(command));
        expect(decision !== null).toBe(apply(model, command));
        if (decision === null) continue;
        expect(decision.status === before.status || itemTransitions[before.status].includes(decision.status)).toBe(
          true,
        );
        const hasDeadLetter = decision.deadLetter !== null || (before.hasDeadLetter && decision.status !== 'COMPLETED');
        facts[index] = { ...before, ...decision, hasDeadLetter };
        const after = facts[index];
        expect(`${after.status} ${after.approvalStatus} ${after.isWaiting ? 'waits' : 'waits not'}`).toBe(shown(model));
        expect(orderStatusOf(facts.map((each) => each.status))).toBe(orderOf(models));
      }
    },
  );
  fc.assert(property, { seed: 20_261_121, numRuns: sequences });
});
