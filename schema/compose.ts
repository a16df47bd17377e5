/**
 * `npm run compose`: writes supergraph.graphql and api.graphql from the subgraphs' schemas and entity maps. `--check` only says
 * whether they are fresh, `--release` keeps the API as the one that later changes are held against.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { packagePath } from '../subgraphs/kernel/config/index.js';
import { withoutDescriptions } from './breaking-changes.js';
import { type Composed, CompositionError, composeSubgraphs } from './composition.js';
import { type EntityModels, loadEntityModels } from './entity-models.js';
import { assembleSubgraphs, markFingerprint } from './fingerprint.js';
import { type SchemaSources, readSources } from './subgraph-sdl.js';

const supergraphFile = 'schema/supergraph.graphql';
const apiFile = 'schema/api.graphql';
const releasedFile = 'schema/released.graphql';

export function composeFrom(sources: SchemaSources, models: EntityModels = {}): Composed {
  const subgraphs = assembleSubgraphs(sources, models);
  const composed = composeSubgraphs(subgraphs);
  return { ...composed, supergraphSdl: markFingerprint(composed.supergraphSdl, subgraphs) };
}

/** The committed files that composition would write differently. */
export function staleFiles(composed: Composed): string[] {
  return outputs(composed)
    .filter(([file, text]) => read(file) !== text)
    .map(([file]) => file);
}

function writeFiles(composed: Composed): void {
  for (const [file, text] of outputs(composed)) writeFileSync(packagePath(file), text);
}

/** Exit code: 0 done or fresh, 1 refused or stale. */
export async function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  try {
    const composed = composeFrom(readSources(), await loadEntityModels());
    for (const hint of composed.hints) print(hint);
    const stale = staleFiles(composed);
    if (args.includes('--check')) {
      for (const file of stale) print(`${file} is stale: run npm run compose`);
      return stale.length === 0 ? 0 : 1;
    }
    writeFiles(composed);
    if (args.includes('--release')) writeFileSync(packagePath(releasedFile), toReleased(composed));
    print(stale.length === 0 ? 'unchanged' : `wrote ${stale.join(' and ')}`);
    return 0;
  } catch (error) {
    if (!(error instanceof CompositionError)) throw error;
    print(error.message);
    return 1;
  }
}

function toReleased({ apiSdl }: Composed): string {
  return `# The API of the last release, without descriptions. \`npm run compose -- --release\` writes it anew.\n\n${withoutDescriptions(apiSdl)}`;
}

function outputs({ supergraphSdl, apiSdl }: Composed): readonly (readonly [string, string])[] {
  return [
    [supergraphFile, supergraphSdl],
    [apiFile, apiSdl],
  ];
}

function read(file: string): string | null {
  try {
    return readFileSync(packagePath(file), 'utf8');
  } catch {
    return null;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main(process.argv.slice(2), console.log);
}
