/** The job of a claim is read as anywhere else, after the commit. */
import { entityLoader, type FieldResolver } from '../../kernel/read/index.js';
import { scanJob as scanJobMap } from '../entities.js';
import type { ClaimedJob } from '../repository/index.js';

const load = entityLoader(scanJobMap, [scanJobMap.key]);

export const scanJob: FieldResolver<ClaimedJob> = (claim, _args, ctx, info) => load([claim.id], ctx, info);
