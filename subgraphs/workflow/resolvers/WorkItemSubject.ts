/** What items are about, as bare keys that their owners fill, with the work and the approvals around them. */
import { connectionResolver, match, type ResolverMap, type Row } from '../../kernel/read/index.js';
import { checkSubject, subjectTypes } from '../domain/subject.js';
import { approvalRequest, workItem } from '../entities.js';

const subjectId = [match('subject_id', 'id', 'text')];

const workItems = connectionResolver({
  entity: workItem,
  relation: { kind: 'connection', type: 'WorkItem', on: subjectId },
});

const approvalRequests = connectionResolver({
  entity: approvalRequest,
  relation: {
    kind: 'connection',
    type: 'ApprovalRequest',
    on: [],
    through: { table: 'workflow.work_items', parent: subjectId, child: [match('work_item_id', 'id')] },
  },
});

/** `_id` is what its items and approvals join by. */
function bareSubject(id: string): Row | null {
  const subject = checkSubject(id);
  return subject === null ? null : { __typename: subject.type, id: subject.id, _id: subject.id };
}

/** No statement: whether it is there, its owner says. */
const resolveReference = ({ id }: { readonly id: string }): Row | null => bareSubject(id);

export function subject(item: Row): Row | null {
  const id = item['_subject_id'];
  return typeof id === 'string' ? bareSubject(id) : null;
}

export const subjectResolvers: ResolverMap = {
  WorkItemSubject: { __resolveType: (row: Row) => row['__typename'] },
  ...Object.fromEntries(
    subjectTypes.map((type) => [type, { __resolveReference: resolveReference, workItems, approvalRequests }]),
  ),
};
