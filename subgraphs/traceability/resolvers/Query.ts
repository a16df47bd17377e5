import { badInput } from '../../kernel/errors/index.js';
import { keyOfEntity, entityLoader, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { repositories } from '../entities.js';
import { searchArtifacts } from './query/searchArtifacts.js';
import { trace } from './query/trace.js';

const loadRepository = entityLoader(repositories, [repositories.key]);

const repository: FieldResolver<unknown, { id?: string | null; fullName?: string | null }, Row | null> = (
  _root,
  { id = null, fullName = null },
  context,
  info,
) => {
  if ((id === null) === (fullName === null)) throw badInput('Give either id or fullName.');
  const key = id === null ? String(fullName) : keyOfEntity(repositories, id);
  return loadRepository([key.toLowerCase()], context, info);
};

export const Query = { repository, searchArtifacts, trace };
