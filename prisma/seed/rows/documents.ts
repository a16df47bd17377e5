/** Documents on their way through the queue, and what was found in them. */
import { at, later } from '../calendar.js';
import type { DocumentStory, RepositoryStory } from '../chapter.js';
import { idOf, sha256 } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';

const mimeTypes: Readonly<Record<DocumentStory['type'], string>> = {
  pdf: 'application/pdf',
  image: 'image/png',
  json: 'application/json',
  csv: 'text/csv',
  yaml: 'application/yaml',
  md: 'text/markdown',
};

const statusOfStage = { done: 'completed', 'to embed': 'processing', waiting: 'uploaded', failed: 'failed' } as const;

export const extractor = 'document-worker-1';

export function documentId(fullName: string, filename: string): string {
  return idOf(`document ${fullName} ${filename}`);
}

export function factId(fullName: string, filename: string, fact: number): string {
  return idOf(`fact ${fullName} ${filename} ${fact}`);
}

export function tellDocuments({ fullName, documents }: RepositoryStory, rows: RowSet): void {
  for (const document of documents) {
    tellDocument(fullName, document, rows);
    tellFacts(fullName, document, rows);
    tellJobs(fullName, document, rows);
  }
}

function tellDocument(fullName: string, document: DocumentStory, rows: RowSet): void {
  const { filename, type, stage, error } = document;
  const uploadedAt = at(document.on, '09:40');
  const { subject } = people[document.by];
  const id = documentId(fullName, filename);
  const fileHash = sha256(`${fullName} ${filename} ${document.on}`);
  rows.add('evidence.documents', {
    id,
    filename,
    file_type: type,
    file_path: `documents/${fileHash}`,
    file_hash: fileHash,
    status: statusOfStage[stage],
    uploaded_at: uploadedAt,
    processed_at: stage === 'done' ? later(uploadedAt, 6) : null,
    error_message: error ?? null,
    metadata: { original_name: filename, mime_type: mimeTypes[type], uploader: subject },
    size_bytes: document.bytes,
    repository_full_name: fullName,
  });
  const about = { type: 'Document', key: id, repository: fullName };
  const details = { filename, fileType: type, fileHash, status: [null, 'uploaded'] };
  rows.note({ ...about, at: uploadedAt, user: subject, action: 'documentRegistered', details });
  if (stage !== 'done' && stage !== 'failed') return;
  const isDone = stage === 'done';
  const status = ['processing', isDone ? 'completed' : 'failed'];
  rows.note({
    ...about,
    at: later(uploadedAt, isDone ? 6 : 40),
    user: extractor,
    action: isDone ? 'documentCompleted' : 'documentFailed',
    details: { status, ...(isDone ? { evidence: document.facts.length } : { reason: error }) },
  });
}

function tellFacts(fullName: string, { filename, on, facts }: DocumentStory, rows: RowSet): void {
  facts.forEach(([type, content, raw = {}], ordinal) => {
    rows.add('evidence.evidence', {
      id: factId(fullName, filename, ordinal),
      document_id: documentId(fullName, filename),
      type,
      content,
      raw_data: raw,
      extracted_at: at(on, '09:42'),
      ordinal,
      content_hash: sha256(JSON.stringify([type, content])),
    });
  });
}

/** Extracted, embedded and inferred one after another; what is left is for a worker to go on with. */
function tellJobs(fullName: string, { filename, on, stage, error }: DocumentStory, rows: RowSet): void {
  const createdAt = at(on, '09:40');
  const job = (type: string, minute: number, status: 'completed' | 'pending' | 'failed'): void => {
    const started = later(createdAt, minute);
    const isOver = status !== 'pending';
    rows.add('evidence.processing_jobs', {
      id: idOf(`job ${fullName} ${filename} ${type}`),
      document_id: documentId(fullName, filename),
      job_type: type,
      status,
      created_at: started,
      started_at: isOver ? started : null,
      completed_at: isOver ? later(started, 1) : null,
      next_attempt_at: started,
      retry_count: status === 'failed' ? 3 : 0,
      error_message: error ?? null,
      worker: isOver ? extractor : null,
    });
  };
  if (stage === 'waiting') return job('extract', 0, 'pending');
  if (stage === 'failed') return job('extract', 0, 'failed');
  job('extract', 1, 'completed');
  if (stage === 'to embed') return job('embed', 3, 'pending');
  job('embed', 3, 'completed');
  job('infer', 5, 'completed');
}
