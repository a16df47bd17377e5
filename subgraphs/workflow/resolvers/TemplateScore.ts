import { entityLoader, type FieldResolver } from '../../kernel/read/index.js';
import { workflowTemplate as map } from '../entities.js';
import type { TemplateScore as Score } from '../repository/evaluations.js';

const load = entityLoader(map, [map.key]);

const workflowTemplate: FieldResolver<Score> = (score, _args, context, info) => load([score.templateId], context, info);

export const TemplateScore = { workflowTemplate };
