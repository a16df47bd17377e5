/** What was learned from two documents, and the features that it points to. */
import type { Transaction } from '../../subgraphs/kernel/db/index.js';
import { pumpApi } from './artefacts.js';
import { at, idOf, insertRows, sha256, type Row } from './rows.js';

const documents: readonly Row[] = [
  document('pump-api.yaml', 'yaml', 'application/yaml', 1),
  document('pump-backlog.csv', 'csv', 'text/csv', 2),
];

const facts: readonly (readonly [document: string, type: string, content: string, raw: Row])[] = [
  [
    'pump-api.yaml',
    'endpoint',
    'POST /pumps/{id}/programs: programs a pump with a dose',
    { method: 'POST', path: '/pumps/{id}/programs' },
  ],
  ['pump-api.yaml', 'payload', 'A program has a drug, a rate in ml/h and a volume in ml', { schema: 'Program' }],
  [
    'pump-api.yaml',
    'endpoint',
    'GET /pumps/{id}/deliveries: lists what a pump delivered',
    { method: 'GET', path: '/pumps/{id}/deliveries' },
  ],
  [
    'pump-backlog.csv',
    'requirement',
    'A dose above the hard limit of the drug is refused',
    { ticket_key: 'PUMP-12', ticket_type: 'Story' },
  ],
  [
    'pump-backlog.csv',
    'acceptance_criteria',
    'The refusal names the limit that was exceeded',
    { ticket_key: 'PUMP-12' },
  ],
  [
    'pump-backlog.csv',
    'bug',
    'Two deliveries in the same second appear in the wrong order',
    { ticket_key: 'PUMP-31', ticket_type: 'Bug' },
  ],
];

const features: readonly Row[] = [
  feature('Program a pump', 'Send a prescribed dose to a pump, within the limits of the drug.', 0.86, 'confirmed'),
  feature('Review deliveries', 'See what a pump delivered, in order.', 0.68, 'candidate'),
];

const links: readonly (readonly [feature: string, fact: number, relationship: string, strength: number])[] = [
  ['Program a pump', 0, 'implements', 0.92],
  ['Program a pump', 1, 'supports', 0.8],
  ['Program a pump', 3, 'constrains', 0.88],
  ['Program a pump', 4, 'constrains', 0.74],
  ['Review deliveries', 2, 'implements', 0.83],
  ['Review deliveries', 5, 'constrains', 0.55],
];

export async function seedEvidence(tx: Transaction): Promise<void> {
  await insertRows(tx, 'evidence.documents', documents);
  await insertRows(tx, 'evidence.evidence', facts.map(evidenceRow));
  await insertRows(tx, 'evidence.features', features);
  await insertRows(tx, 'evidence.feature_evidence', links.map(featureEvidenceRow));
  await insertRows(tx, 'evidence.processing_jobs', documents.flatMap(jobRows));
  await insertRows(tx, 'evidence.feature_outputs', [
    {
      id: idOf('output Program a pump'),
      feature_id: idOf('feature Program a pump'),
      output_type: 'acceptance_criteria',
      content: { criteria: ['A dose above the hard limit is refused', 'The refusal names the limit'] },
      generated_at: at(21),
    },
  ]);
  await insertRows(tx, 'evidence.feature_audit', features.map(featureAuditRow));
}

function document(filename: string, fileType: string, mimeType: string, day: number): Row {
  return {
    id: idOf(`document ${filename}`),
    filename,
    file_type: fileType,
    file_path: `documents/${filename}`,
    file_hash: sha256(filename),
    status: 'processing',
    uploaded_at: at(day),
    metadata: { original_name: filename, mime_type: mimeType, uploader: 'jana.novak' },
    repository_full_name: pumpApi,
  };
}

function evidenceRow([filename, type, content, raw]: (typeof facts)[number], ordinal: number): Row {
  return {
    id: idOf(`evidence ${ordinal}`),
    document_id: idOf(`document ${filename}`),
    type,
    content,
    raw_data: raw,
    extracted_at: at(2, 1, ordinal),
    ordinal,
    content_hash: sha256(JSON.stringify([type, content])),
  };
}

function feature(name: string, description: string, confidence: number, status: string): Row {
  const confirmed = status === 'confirmed';
  return {
    id: idOf(`feature ${name}`),
    name,
    description,
    confidence_score: confidence,
    status,
    inferred_at: at(2, 2),
    reviewed_at: confirmed ? at(3) : null,
    reviewed_by: confirmed ? 'jana.novak' : null,
    metadata: { tags: ['pump'] },
  };
}

function featureEvidenceRow([name, fact, relationship, strength]: (typeof links)[number]): Row {
  return {
    id: idOf(`link ${name} ${fact}`),
    feature_id: idOf(`feature ${name}`),
    evidence_id: idOf(`evidence ${fact}`),
    relationship_type: relationship,
    strength,
    reasoning: 'Shares its path and its words with the other evidence of the feature.',
    created_at: at(2, 2),
  };
}

/** The evidence is extracted and waits for its embeddings: a worker goes on from here. */
function jobRows({ id }: Row): Row[] {
  const job = (type: string, status: string, done: string | null): Row => ({
    id: idOf(`job ${String(id)} ${type}`),
    document_id: id,
    job_type: type,
    status,
    started_at: done,
    completed_at: done,
    created_at: at(2),
    next_attempt_at: at(2),
  });
  return [job('extract', 'completed', at(2, 1)), job('embed', 'pending', null)];
}

function featureAuditRow({ id, name, status }: Row): Row {
  return {
    id: idOf(`feature audit ${String(name)}`),
    feature_id: id,
    action: status === 'confirmed' ? 'confirmed' : 'created',
    changed_by: 'jana.novak',
    changed_at: at(3),
    old_values: status === 'confirmed' ? { status: 'candidate' } : null,
    new_values: { status },
  };
}
