import type { RequestContext } from '../../kernel/context.js';
import type { FieldResolver, Row } from '../../kernel/read/index.js';
import { linkRuleOfChild, type LinkType } from '../domain/index.js';
import { artifacts } from './Artifact.js';

const ruleOfType = new Map(Object.values(linkRuleOfChild).map((rule) => [rule.type, rule]));

/** One end of the link: its kind follows from the link's type. */
function end(
  side: 'parent' | 'child',
  columns: { repository: string; gxpId: string },
): FieldResolver<Row, unknown, Row | null> {
  return (row, _args, context: RequestContext, info) => {
    const repositoryId = row[columns.repository] as string | null;
    const rule = ruleOfType.get(row['_link_type'] as LinkType);
    if (repositoryId === null || rule === undefined) return null;
    return artifacts.loadByGxpId({ kind: rule[side], repositoryId, gxpId: String(row[columns.gxpId]) }, context, info);
  };
}

export const TraceabilityLink = {
  source: end('parent', { repository: '_source_repository_id', gxpId: '_source_id' }),
  target: end('child', { repository: '_repository_id', gxpId: '_target_id' }),
};
