/** The entities of this domain and the root fields that their maps alone answer. */
import { match, query, type EntityExtension, type ModelInput } from '../kernel/read/index.js';
import { subjectTypes } from './domain/subject.js';
import { approvalEvent, approvalPolicy, approvalRequest, deadLetter } from './entities/approvals.js';
import { documentSchema, evalResult, memDoc } from './entities/knowledge.js';
import { attempt, toolCall, workItem, workOrder } from './entities/orders.js';
import { run, runStep, workflowTemplate } from './entities/runs.js';
import { schedule, scheduleFiring } from './entities/schedules.js';
import { capability, connector, tool } from './entities/tools.js';

export { approvalRequest } from './entities/approvals.js';
export { memDoc } from './entities/knowledge.js';
export { attempt, workItem } from './entities/orders.js';
export { workflowTemplate } from './entities/runs.js';

const subjectId = [match('subject_id', 'id', 'text')];

/** What items are about is known by its global id alone: the work and the approvals around it. */
export const aroundSubjects = {
  workItems: { kind: 'connection', type: 'WorkItem', on: subjectId },
  approvalRequests: {
    kind: 'connection',
    type: 'ApprovalRequest',
    on: [],
    through: { table: 'workflow.work_items', parent: subjectId, child: [match('work_item_id', 'id')] },
  },
} as const satisfies EntityExtension['relations'];

const lastApproval = ({ from, row }: { readonly from: string; readonly row: string }): string =>
  `(select max(${row}.decided_at) filter (where ${row}.status = 'APPROVED') from ${from})`;

/** What approvals say of a requirement; `resolvers/Requirement.ts` says the same of the one that is selected. */
const ofRequirement = {
  lastApprovedAt: { kind: 'timestamp', sqlType: 'timestamptz', over: 'approvalRequests', source: lastApproval },
  changedSinceApproval: {
    kind: 'boolean',
    sqlType: 'boolean',
    over: 'approvalRequests',
    requires: ['textChangedAt'],
    source: (rows, own) => `${own('textChangedAt')} > ${lastApproval(rows)}`,
  },
} as const satisfies EntityExtension['fields'];

export const model: ModelInput = {
  entities: [
    workOrder,
    workItem,
    attempt,
    toolCall,
    run,
    runStep,
    workflowTemplate,
    schedule,
    scheduleFiring,
    approvalPolicy,
    approvalRequest,
    approvalEvent,
    deadLetter,
    connector,
    tool,
    capability,
    documentSchema,
    memDoc,
    evalResult,
  ],
  extensions: subjectTypes.map((type) => ({
    type,
    relations: aroundSubjects,
    ...(type === 'Requirement' && { fields: ofRequirement }),
  })),
  queries: {
    workOrder: query.one('WorkOrder'),
    workOrders: query.connection('WorkOrder'),
    workItem: query.one('WorkItem'),
    workItems: query.connection('WorkItem'),
    attempt: query.one('Attempt'),
    attempts: query.connection('Attempt'),
    run: query.one('Run'),
    runs: query.connection('Run'),
    runStep: query.one('RunStep'),
    workflowTemplate: query.one('WorkflowTemplate'),
    workflowTemplates: query.connection('WorkflowTemplate'),
    schedule: query.one('Schedule'),
    schedules: query.connection('Schedule'),
    scheduleFiring: query.one('ScheduleFiring'),
    approvalPolicy: query.one('ApprovalPolicy'),
    approvalPolicies: query.connection('ApprovalPolicy'),
    approvalRequest: query.one('ApprovalRequest'),
    approvalRequests: query.connection('ApprovalRequest'),
    approvalEvent: query.one('ApprovalEvent'),
    approvalEvents: query.connection('ApprovalEvent'),
    deadLetter: query.one('DeadLetter'),
    deadLetters: query.connection('DeadLetter'),
    connector: query.one('Connector'),
    connectors: query.connection('Connector'),
    tool: query.one('Tool'),
    tools: query.connection('Tool'),
    capability: query.one('Capability'),
    capabilities: query.connection('Capability'),
    documentSchema: query.one('DocumentSchema'),
    documentSchemas: query.connection('DocumentSchema'),
    evalResult: query.one('EvalResult'),
    evalResults: query.connection('EvalResult'),
    memDoc: query.one('MemDoc'),
    memDocs: query.connection('MemDoc'),
  },
};
