import type { FieldResolver } from '../../kernel/read/index.js';
import type { DocumentReading } from '../domain/document-reading.js';

/** Null when the metadata holds none, or one that somebody else wrote there. */
const reading: FieldResolver = (document) => {
  const { reading: stored } = (document['_metadata'] ?? {}) as { reading?: Partial<DocumentReading> | null };
  if (!Array.isArray(stored?.found) || !Array.isArray(stored.passed_over) || typeof stored.format !== 'string')
    return null;
  return {
    format: stored.format,
    found: stored.found,
    passedOver: stored.passed_over,
    passedOverCount: stored.passed_over_count ?? stored.passed_over.length,
  };
};

export const Document = { reading };
