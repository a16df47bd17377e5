/** Maps of the links between artifacts, and of the keys that evidence is verified with. */
import { entity, field } from '../../kernel/read/index.js';
import { byCreation, id, linkTable, repository, text, visible } from './artifact-maps.js';

export const traceabilityLinks = entity({
  type: 'TraceabilityLink',
  table: linkTable,
  key: id,
  fields: {
    id: field.id('TraceabilityLink', 'id'),
    sourceId: text('source_id'),
    targetId: text('target_id'),
    linkType: field.enum('link_type'),
    relation: field.enum('relation'),
    reachesProof: field.boolean('reaches_proof'),
    status: field.enum('status'),
    isValid: field.boolean('is_valid'),
    parentFingerprint: text('parent_fingerprint'),
    suspectSince: field.timestamp('suspect_since'),
    reviewedBy: text('reviewed_by'),
    reviewedAt: field.timestamp('reviewed_at'),
    reviewNote: field.freeText('review_note'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: { repository },
  computed: {
    source: ['source_kind', 'source_repository_id', 'source_id'],
    target: ['target_kind', 'repository_id', 'target_id'],
  },
  orders: { CREATED_AT: byCreation },
  defaultOrder: { field: 'CREATED_AT', direction: 'ASC' },
  visible,
});

export const trustedKeys = entity({
  type: 'TrustedKey',
  table: 'traceability.trusted_keys',
  key: id,
  fields: {
    id: field.id('TrustedKey', 'id'),
    keyId: text('kid'),
    algorithm: field.enum('algorithm'),
    jwk: field.json('jwk'),
    isActive: field.boolean('is_active'),
    addedBy: text('added_by'),
    createdAt: field.timestamp('created_at'),
    revokedAt: field.timestamp('revoked_at'),
  },
  relations: { repository },
  orders: { CREATED_AT: byCreation },
  defaultOrder: { field: 'CREATED_AT', direction: 'ASC' },
  visible,
});
