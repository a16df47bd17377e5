/** `--remote name=url`, as `start` and `gateway` take it. */
import { InvalidArgumentError } from 'commander';
// Not the room's index: it loads GraphQL, which a start has no time for yet.
import { isSubgraphName, subgraphNames } from '../../schema/subgraphs.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';

/** URLs by the name of the subgraph. */
export type Remotes = Readonly<Record<string, string>>;

/** Throws a StartupError that lists the subgraphs there are. */
export function assertSubgraphs(remotes: Remotes): void {
  const unknown = Object.keys(remotes).filter((name) => !isSubgraphName(name));
  if (unknown.length === 0) return;
  throw new StartupError(
    `There is no subgraph ${unknown.join(', ')} for --remote: there are ${subgraphNames.join(', ')}.`,
  );
}

/** Adds one `name=url` to those before it. */
export function addRemote(pair: string, before: Remotes = {}): Remotes {
  const [, name = '', url = ''] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
  if (name === '' || !/^https?:/.test(url) || !URL.canParse(url)) {
    throw new InvalidArgumentError('It must be name=url, e.g. traceability=http://127.0.0.1:4101/graphql.');
  }
  return { ...before, [name]: url };
}
