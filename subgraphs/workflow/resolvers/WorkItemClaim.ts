/** What a claim took is read as anywhere else, after the commit. */
import { entityLoader, type FieldResolver } from '../../kernel/read/index.js';
import { attempt as attemptMap, workItem as workItemMap } from '../entities.js';
import type { ClaimedItem } from '../repository/index.js';

const loadItem = entityLoader(workItemMap, [workItemMap.key]);
const loadAttempt = entityLoader(attemptMap, [attemptMap.key]);

export const workItem: FieldResolver<ClaimedItem> = (claim, _args, ctx, info) => loadItem([claim.id], ctx, info);
export const attempt: FieldResolver<ClaimedItem> = (claim, _args, ctx, info) =>
  loadAttempt([claim.attemptId], ctx, info);
