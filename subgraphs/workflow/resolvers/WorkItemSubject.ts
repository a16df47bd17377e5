/** What items are about, as bare keys that their owners fill, with the work and the approvals around them. */
import { connectionResolver, type ResolverMap, type Row } from '../../kernel/read/index.js';
import { checkSubject, subjectTypes } from '../domain/subject.js';
import { requirementFields } from './Requirement.js';
import { approvalRequest, aroundSubjects, workItem } from '../entities.js';

const workItems = connectionResolver({ entity: workItem, relation: aroundSubjects.workItems });
const approvalRequests = connectionResolver({ entity: approvalRequest, relation: aroundSubjects.approvalRequests });

/** No statement: whether it is there, its owner says. `_id` is what its items and approvals join by. */
function resolveReference({ id, ...required }: { readonly id: string }): Row | null {
  const subject = checkSubject(id);
  return subject === null ? null : { ...required, __typename: subject.type, id: subject.id, _id: subject.id };
}

export const subjectResolvers: ResolverMap = {
  WorkItemSubject: { __resolveType: (row: Row) => row['__typename'] },
  ...Object.fromEntries(
    subjectTypes.map((type) => [
      type,
      {
        ...{ __resolveReference: resolveReference, workItems, approvalRequests },
        ...(type === 'Requirement' && requirementFields),
      },
    ]),
  ),
};
