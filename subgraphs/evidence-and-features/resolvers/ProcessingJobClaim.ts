/** The job of a claim is read as anywhere else, after the commit. */
import { entityLoader, type FieldResolver } from '../../kernel/read/index.js';
import { processingJobs } from '../entities.js';
import type { Claim } from '../operations/queue/index.js';

const load = entityLoader(processingJobs, [processingJobs.key]);

export const processingJob: FieldResolver<Claim> = (claim, _args, ctx, info) => load([claim.jobId], ctx, info);
