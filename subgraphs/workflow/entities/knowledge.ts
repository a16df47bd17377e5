/** What documents look like, what agents remember, and how their work was scored. */
import { entity, field, match, type Predicate } from '../../kernel/read/index.js';
import { createdAt, id, keyOf, newestFirst, searchWords, visible } from './shared.js';

export const documentSchema = entity({
  type: 'DocumentSchema',
  table: 'workflow.schemas',
  key: id,
  fields: {
    id: field.id('DocumentSchema', 'id'),
    name: field.text('name'),
    version: field.integer('version'),
    documentType: field.enum('document_type', 'workflow.work_item_type'),
    definition: field.json('definition'),
    isActive: field.boolean('is_active'),
    createdBy: field.text('created_by'),
    createdAt: field.timestamp('created_at'),
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

/** What has expired is gone for every reader, whether or not its row has been removed yet. */
const unexpired: Predicate = (table) => `(${table}.expires_at is null or ${table}.expires_at > now())`;

export const memDoc = entity({
  type: 'MemDoc',
  table: 'workflow.mem_docs',
  key: id,
  fields: {
    id: field.id('MemDoc', 'id'),
    type: field.enum('type', 'workflow.mem_doc_type'),
    title: field.text('title'),
    content: field.longText('content'),
    metadata: field.json('metadata'),
    hasEmbedding: field.boolean((table) => `(${table}.embedding is not null)`),
    expiresAt: field.timestamp('expires_at'),
    createdBy: field.text('created_by'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: { run: { kind: 'one', type: 'Run', on: [match('id', 'run_id')] } },
  filterFields: { runId: keyOf('Run', 'run_id') },
  customFilters: {
    search: (value, table, parameters) =>
      `${table}.search_vector @@ websearch_to_tsquery('english', ${parameters.add(searchWords(value))})`,
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible: (auth) => (visible(auth) === 'all' ? unexpired : 'none'),
});

export const evalResult = entity({
  type: 'EvalResult',
  table: 'workflow.eval_results',
  key: id,
  fields: {
    id: field.id('EvalResult', 'id'),
    evaluator: field.text('evaluator'),
    metric: field.text('metric'),
    score: field.numeric('score'),
    passed: field.boolean('passed'),
    details: field.json('details'),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    workItem: { kind: 'one', type: 'WorkItem', on: [match('id', 'work_item_id')] },
    attempt: { kind: 'one', type: 'Attempt', on: [match('id', 'attempt_id')] },
  },
  filterFields: { workItemId: keyOf('WorkItem', 'work_item_id'), attemptId: keyOf('Attempt', 'attempt_id') },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});
