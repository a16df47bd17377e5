/**
 * Loads the entity maps of every domain: what a contract is completed with. They are data and need no database, so this is the
 * one way past a domain's door, by a name that is put together: a new domain is found without being listed here.
 */
import type { ModelInput } from '../subgraphs/kernel/read/index.js';
import { subgraphNames } from './subgraphs.js';

/** By subgraph; one without maps is not in it. */
export type EntityModels = Readonly<Record<string, ModelInput | undefined>>;

export async function loadEntityModels(): Promise<EntityModels> {
  const loaded = subgraphNames.map(async (name) => {
    const { model } = (await import(`../subgraphs/${name}/entities.js`)) as { model: ModelInput };
    return [name, model] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}
