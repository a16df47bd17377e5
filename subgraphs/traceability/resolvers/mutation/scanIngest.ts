import type { FieldResolver } from '../../../kernel/read/index.js';
import { ingestScan, type IngestResult } from '../../operations/ingest/ingest-scan.js';
import type { ScanInput } from '../../operations/ingest/scan-input.js';

type Payload = IngestResult & { readonly unchanged: boolean };

export const scanIngest: FieldResolver<unknown, { input: ScanInput }, Payload> = async (_root, { input }, context) => {
  return { unchanged: false, ...(await ingestScan(context, input)) };
};
