/** What was extracted from documents about an artifact: it names the artifact by the author's id, as `REQ-001`. */
import { match, type ConnectionRelation } from '../../kernel/read/index.js';

/** Ids are unique in a repository alone, so only its own documents count. Parent columns: the id, and the repository's full name. */
const on = [match('search_vector', 'gxp_id', 'text'), match('document_id', 'repository_full_name', 'text')];

/** Evidence `e` of a document of the repository that names the id, by the full-text index: its parts, one right after the other. */
const names = (evidence: string, [gxpId = 'null', fullName = 'null']: readonly string[]): string =>
  `${evidence}.search_vector @@ phraseto_tsquery('english', platform.split_words(${gxpId})) and exists (select from evidence.documents d
    where d.id = ${evidence}.document_id and d.repository_full_name = ${fullName})`;

export const evidenceAbout: ConnectionRelation = { kind: 'connection', type: 'Evidence', on, by: names };

export const featuresAbout: ConnectionRelation = {
  kind: 'connection',
  type: 'Feature',
  on,
  by: (feature, parent) => `${feature}.id in (select l.feature_id from evidence.feature_evidence l
    join evidence.evidence e on e.id = l.evidence_id where ${names('e', parent)})`,
};
