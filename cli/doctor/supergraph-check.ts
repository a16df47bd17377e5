/** Whether the composed supergraph can be served, and is what the subgraphs compose to. */
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { assembleSubgraphs, isComposedFrom, loadEntityModels, readSources } from '../../schema/index.js';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { type Finding, failed, ok } from './finding.js';

export async function checkSupergraph(): Promise<Finding> {
  const name = 'supergraph';
  const advice = 'npm run compose writes it anew';
  try {
    const sdl = readFileSync(packagePath('schema', 'supergraph.graphql'), 'utf8');
    const { definitions } = parse(sdl);
    return isComposedFrom(sdl, assembleSubgraphs(readSources(), await loadEntityModels()))
      ? ok(name, `${definitions.length} definitions, fresh`)
      : failed(name, 'not composed from the subgraphs as they are', advice);
  } catch (error) {
    return failed(name, error, advice);
  }
}
