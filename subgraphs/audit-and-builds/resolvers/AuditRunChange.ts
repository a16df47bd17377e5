import type { Event } from '../../kernel/events/index.js';
import { parseGlobalId } from '../../kernel/ids/index.js';
import { entityLoader, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { auditRuns } from '../entities.js';

const load = entityLoader(auditRuns, [auditRuns.key]);

/** Each change is read anew: what an earlier event of this subscription loaded is old by now. */
const auditRun: FieldResolver<Event, unknown, Row | null> = (event, _args, context, info) =>
  load([parseGlobalId(event.id).key], { ...context, loaders: new Map() }, info);

export const AuditRunChange = { auditRun };
