/** The maps of what stands around the artifacts: decisions, the risk log, source and test files. */
import { entity, field, match, orderBy, type RelationMap } from '../../kernel/read/index.js';
import { byGxpId, id, repository, text, textList, visible } from './artifact-maps.js';

export const decisions = entity({
  type: 'Decision',
  table: 'traceability.decisions',
  key: id,
  fields: {
    id: field.id('Decision', 'id'),
    gxpId: text('gxp_id'),
    title: text('title'),
    path: text('path'),
    status: field.enum('status'),
    supersededBy: text('superseded_by'),
    context: field.longText('context'),
    decision: field.longText('decision'),
    consequences: field.longText('consequences'),
    markdownContent: field.longText('markdown_content'),
  },
  relations: { repository },
  orders: { GXP_ID: [orderBy('gxp_id', 'text')] },
  defaultOrder: byGxpId,
  visible,
});

export const risks = entity({
  type: 'Risk',
  table: 'traceability.risks',
  key: id,
  fields: {
    id: field.id('Risk', 'id'),
    gxpId: text('gxp_id'),
    title: text('title'),
    path: text('path'),
    line: field.integer('line'),
    riskRating: field.enum('risk_rating'),
    status: field.enum('status'),
    date: text('date_text'),
    author: text('author'),
    component: text('component'),
    description: field.longText('description'),
    impact: field.longText('impact'),
    mitigation: field.longText('mitigation'),
    relatedIds: textList('related_ids'),
  },
  relations: { repository },
  orders: { GXP_ID: [orderBy('gxp_id', 'text')] },
  defaultOrder: byGxpId,
  visible,
});

export const sourceFiles = entity({
  type: 'SourceFile',
  table: 'traceability.source_files',
  key: id,
  fields: {
    id: field.id('SourceFile', 'id'),
    path: text('path'),
    sha256: text('sha256'),
    isTest: field.boolean('is_test'),
    riskRating: field.enum('risk_rating'),
    verificationTier: field.enum('verification_tier'),
  },
  relations: {
    repository,
    references: { kind: 'connection', type: 'CodeReference', on: [match('source_file_id', 'id')] },
  },
  orders: { PATH: [orderBy('path', 'text')] },
  defaultOrder: { field: 'PATH', direction: 'ASC' },
  visible,
});

const named = (type: string): RelationMap => ({
  kind: 'one',
  type,
  on: [match('repository_id', 'repository_id'), match('gxp_id', 'target_id', 'text')],
});

export const codeReferences = entity({
  type: 'CodeReference',
  table: 'traceability.code_references',
  key: id,
  fields: {
    id: field.id('CodeReference', 'id'),
    line: field.integer('line'),
    kind: field.enum('kind'),
    targetId: text('target_id'),
    title: text('title'),
  },
  relations: {
    file: { kind: 'one', type: 'SourceFile', on: [match('id', 'source_file_id')] },
    requirement: named('Requirement'),
    userStory: named('UserStory'),
    specification: named('Specification'),
  },
  orders: { POSITION: [orderBy('position', 'int4')] },
  defaultOrder: { field: 'POSITION', direction: 'ASC' },
  visible,
});

/** The places in code of its repository that name an artifact. */
export const code: RelationMap = {
  kind: 'connection',
  type: 'CodeReference',
  on: [match('repository_id', 'repository_id'), match('target_id', 'gxp_id', 'text')],
};
