import { entityLoader, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { repositories, scans } from '../entities.js';
import type { RepositoryScannedEvent } from './Subscription.js';

const loadScan = entityLoader(scans, [scans.key]);
const loadRepository = entityLoader(repositories, [repositories.key]);

const scan: FieldResolver<RepositoryScannedEvent, unknown, Row | null> = (event, _args, context, info) =>
  loadScan([event.scan], context, info);

const repository: FieldResolver<RepositoryScannedEvent, unknown, Row | null> = (event, _args, context, info) =>
  event.repository === null ? null : loadRepository([event.repository], context, info);

export const RepositoryScanned = { scan, repository };
