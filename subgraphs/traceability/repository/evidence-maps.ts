/** The maps of what stands in evidence and in what it is for: files of packages, acceptance criteria, what is said of them. */
import { entity, field, match, orderBy } from '../../kernel/read/index.js';
import { byCreation, id, repository, text, visible } from './artifact-maps.js';
import { criterionResult } from './evidence-proof.js';

export const criteriaOfRequirement = {
  kind: 'connection',
  type: 'AcceptanceCriterion',
  on: [match('requirement_id', 'id')],
} as const;
export const criteriaOfUserStory = { ...criteriaOfRequirement, on: [match('user_story_id', 'id')] } as const;

export const evidenceFiles = entity({
  type: 'EvidenceFile',
  table: 'traceability.evidence_files',
  key: id,
  fields: {
    id: field.id('EvidenceFile', 'id'),
    path: text('path'),
    sha256: text('sha256'),
    sizeBytes: field.bigint('size_bytes'),
  },
  relations: { evidence: { kind: 'one', type: 'SignedEvidence', on: [match('id', 'evidence_id')] } },
  orders: { PATH: [orderBy('path', 'text')] },
  defaultOrder: { field: 'PATH', direction: 'ASC' },
  visible,
});

export const acceptanceCriteria = entity({
  type: 'AcceptanceCriterion',
  table: 'traceability.acceptance_criteria',
  key: id,
  fields: {
    id: field.id('AcceptanceCriterion', 'id'),
    label: text('label'),
    position: field.integer('position'),
    text: field.freeText('text'),
    result: field.enum((table) => criterionResult(table)),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    repository,
    requirement: { kind: 'one', type: 'Requirement', on: [match('id', 'requirement_id')] },
    userStory: { kind: 'one', type: 'UserStory', on: [match('id', 'user_story_id')] },
    statements: { kind: 'connection', type: 'CriterionStatement', on: [match('criterion_id', 'id')] },
  },
  orders: { POSITION: [orderBy('position', 'int4')], CREATED_AT: byCreation },
  defaultOrder: { field: 'POSITION', direction: 'ASC' },
  visible,
});

export const criterionStatements = entity({
  type: 'CriterionStatement',
  table: 'traceability.criterion_statements',
  key: id,
  fields: {
    id: field.id('CriterionStatement', 'id'),
    label: text('label'),
    text: field.freeText('text'),
    result: field.enum('result'),
  },
  relations: {
    evidence: { kind: 'one', type: 'SignedEvidence', on: [match('id', 'evidence_id')] },
    criterion: { kind: 'one', type: 'AcceptanceCriterion', on: [match('id', 'criterion_id')] },
  },
  orders: { POSITION: [orderBy('position', 'int4')] },
  defaultOrder: { field: 'POSITION', direction: 'ASC' },
  visible,
});
