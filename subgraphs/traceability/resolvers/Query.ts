import { searchArtifacts } from './query/searchArtifacts.js';
import { trace } from './query/trace.js';

export const Query = { searchArtifacts, trace };
