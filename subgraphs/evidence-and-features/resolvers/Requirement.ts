/** What documents say about a requirement of another domain, which sends its id and its repository along. */
import { connectionResolver, type Row } from '../../kernel/read/index.js';
import { evidence, features } from '../entities.js';
import { evidenceAbout, featuresAbout } from '../repository/mentions.js';

interface Reference {
  readonly id: string;
  /** Only when something that requires them is selected. */
  readonly gxpId?: string;
  readonly repository?: { readonly fullName: string };
}

export const Requirement = {
  __resolveReference: ({ id, gxpId, repository }: Reference): Row => ({
    id,
    _gxp_id: gxpId ?? null,
    _repository_full_name: repository?.fullName ?? null,
  }),
  extractedEvidence: connectionResolver({ entity: evidence, relation: evidenceAbout }),
  features: connectionResolver({ entity: features, relation: featuresAbout }),
};
