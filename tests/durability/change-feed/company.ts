/** Accounts with wallets and repositories, who follows which of them, and what each is entitled to. */
import type { Database } from '../../../subgraphs/kernel/db/index.js';

export const accounts = Array.from({ length: 10 }, (_, n) => `user_${n}`);
export const repositories = Array.from({ length: 10 }, (_, n) => `acme/r${n}`);

export async function populate(database: Database): Promise<void> {
  await database.script(`
    insert into scanning.users (clerk_user_id) select 'user_' || n from generate_series(0, ${accounts.length - 1}) n;
    insert into scanning.wallets (user_id) select 'user_' || n from generate_series(0, ${accounts.length - 1}) n;
    insert into traceability.repositories (name, git_url, owner, repo)
      select 'r' || n, 'https://git.example.com/r' || n, 'acme', 'r' || n from generate_series(0, ${repositories.length - 1}) n;`);
}

/** An event as the database has it. */
export interface StoredEvent {
  readonly position: number;
  readonly entity: string;
  readonly repository: string | null;
  readonly account: string | null;
}

export function storedEvents(database: Database): Promise<StoredEvent[]> {
  return database.query<StoredEvent>(
    'select position, entity_id as entity, repository, account from platform.events order by position',
  );
}

/** One who follows the feed, and every event that this one must get, and no other. */
export interface Audience {
  readonly name: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Of `changes`. */
  readonly filter: string;
  readonly selection: string;
  readonly isEntitledTo: (event: StoredEvent) => boolean;
}

/** Of these events, how many of its own the audience has not got, and how many it got that are not its own. */
export function differences(
  { isEntitledTo }: Audience,
  got: ReadonlySet<number>,
  events: readonly StoredEvent[],
): { missing: number; foreign: number } {
  const entitled = new Set(events.filter(isEntitledTo).map(({ position }) => position));
  return {
    missing: [...entitled].filter((position) => !got.has(position)).length,
    foreign: [...got].filter((position) => !entitled.has(position)).length,
  };
}

const bare = 'cursor entityId';

/** The `n`th of any number: mostly owners of wallets, some who follow a repository, a few who see and follow everything. */
export function audienceOf(n: number): Audience {
  if (n % 40 === 39) {
    const subject = 'auditor';
    return {
      name: subject,
      subject,
      scopes: ['scanning:admin'],
      filter: '',
      selection: `${bare} node { id }`,
      isEntitledTo: () => true,
    };
  }
  if (n % 40 === 38) {
    const subject = 'user_without_wallet';
    return {
      name: subject,
      subject,
      scopes: [],
      filter: 'types: ["Wallet"]',
      selection: bare,
      isEntitledTo: () => false,
    };
  }
  const nth = Math.floor(n / 5) % 10;
  if (n % 5 === 4) {
    const repository = repositories[nth] ?? '';
    return {
      name: `follower of ${repository}`,
      subject: 'developer',
      scopes: [],
      filter: `repository: "${repository}"`,
      selection: `${bare} node { ... on Repository { name } }`,
      isEntitledTo: (event) => event.repository === repository,
    };
  }
  const subject = accounts[n % 10] ?? '';
  return {
    name: `owner ${subject}`,
    subject,
    scopes: [],
    filter: 'types: ["Wallet"]',
    selection: n % 10 === 0 ? `${bare} node { ... on Wallet { creditBalance } }` : bare,
    isEntitledTo: (event) => event.account === subject,
  };
}
