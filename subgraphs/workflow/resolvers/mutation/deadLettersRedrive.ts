import { toGlobalId, uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { redriveDeadLetters, type RedriveInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: RedriveInput;
}

export const deadLettersRedrive: FieldResolver<unknown, Args> = async (_parent, { input }, ctx) => {
  const { deadLetterIds, runId, workOrderId, limit } = input;
  const {
    redriven = [],
    skippedCount = 0,
    userErrors,
  } = await redriveDeadLetters(ctx, {
    limit,
    deadLetterIds: deadLetterIds?.map((id) => uuidOfType(id, 'DeadLetter')) ?? null,
    runId: runId == null ? null : uuidOfType(runId, 'Run'),
    workOrderId: workOrderId == null ? null : uuidOfType(workOrderId, 'WorkOrder'),
  });
  const redrivenIds = redriven.map((id) => toGlobalId('DeadLetter', id));
  return { redrivenCount: redriven.length, skippedCount, deadLetterIds: redrivenIds, userErrors };
};
