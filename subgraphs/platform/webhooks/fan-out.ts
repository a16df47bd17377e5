/** From the feed into messages: each endpoint has a cursor of its own, moved in the statement that writes its messages. */
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import {
  cursorOfPosition,
  positionOfCursor,
  readEvents,
  readHorizon,
  type Entitlement,
  type EventPage,
} from '../../kernel/events/index.js';
import { write, type Writer } from '../../kernel/write/index.js';
import { listEndpointsBehind, setEndpointStatus, type EndpointState } from '../repository/webhook-endpoints.js';
import { advanceEndpoint } from '../repository/webhook-messages.js';

/** Events read for one endpoint at a time. */
const pageSize = 500;

/** A message about a message would beget the next. */
const ownTypes: ReadonlySet<string> = new Set(['WebhookEndpoint', 'WebhookMessage', 'WebhookAttempt']);

export interface FanOutDoors {
  readonly database: Database;
  readonly entitlement: Entitlement;
  readonly writer: Writer;
}

/** One page for each endpoint that is behind. Answers how many messages were made. */
export async function fanOut(doors: FanOutDoors): Promise<number> {
  const { position } = await readHorizon(doors.database);
  let made = 0;
  for (const endpoint of await listEndpointsBehind(doors.database, position)) made += await advance(doors, endpoint);
  return made;
}

async function advance({ database, entitlement, writer }: FanOutDoors, endpoint: EndpointState): Promise<number> {
  const page = await readPage(database, endpoint);
  if (page === null) {
    await expire(writer, endpoint);
    return 0;
  }
  const auth = Identity.of({ subject: endpoint.owner, scopes: endpoint.scopes });
  const foreign = page.events.filter(({ type }) => !ownTypes.has(type));
  const messages = foreign.length === 0 ? [] : await entitlement.admit({ db: database, auth, rows: false })(foreign);
  const isMoved = await advanceEndpoint(database, endpoint, { next: positionOfCursor(page.next), messages });
  return isMoved ? messages.length : 0;
}

/** Null when events that it has not had are gone. */
async function readPage(database: Database, endpoint: EndpointState): Promise<EventPage | null> {
  const { types, actions, repository } = endpoint;
  try {
    return await readEvents(database, {
      after: cursorOfPosition(endpoint.position),
      limit: pageSize,
      ...(types !== null && { types }),
      ...(actions !== null && { actions }),
      ...(repository !== null && { repository }),
    });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CURSOR_EXPIRED') return null;
    throw error;
  }
}

async function expire(writer: Writer, { id, owner }: EndpointState): Promise<void> {
  await write(writer, { operation: 'webhookEndpointExpire' }, async (tx) => {
    if (await setEndpointStatus(tx, id, 'EXPIRED'))
      tx.record({ type: 'WebhookEndpoint', key: id, action: 'webhookEndpointExpired', account: owner });
    return {};
  });
}
