/** Registers an endpoint of webhooks, or changes what is given. */
import { randomUUID } from 'node:crypto';
import type { TrustedDocuments } from '../../kernel/config/trusted-documents.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import { RequestError, userError } from '../../kernel/errors/index.js';
import { currentCursor, positionOfCursor, readEvents } from '../../kernel/events/index.js';
import { newSigningSecret, type Outbound } from '../../kernel/outbound/index.js';
import { write, type Writer, type Written, type WriteTransaction } from '../../kernel/write/index.js';
import { assertEndpointName, assertHeldScopes, assertNames } from '../domain/webhook-input.js';
import {
  insertEndpoint,
  lockEndpointByName,
  ownerOfSecret,
  updateEndpoint,
  type EndpointState,
} from '../repository/webhook-endpoints.js';
import { isTheirs } from './owned-endpoint.js';

export interface EndpointDoors {
  /** Null: no secrets can be stored, and so no endpoints. */
  readonly keyring: Keyring | null;
  readonly outbound: Outbound;
  /** Null when there are none. */
  readonly documents: () => Promise<TrustedDocuments | null>;
  readonly hasType: (type: string) => boolean;
}

/** Null leaves what is there; an empty list, or an empty text, asks nothing any more. */
export interface EndpointInput {
  readonly name: string;
  readonly url?: string | null;
  readonly isActive?: boolean | null;
  readonly types?: readonly string[] | null;
  readonly actions?: readonly string[] | null;
  /** `owner/name` in lower case. */
  readonly repository?: string | null;
  readonly documentId?: string | null;
  readonly scopes?: readonly string[] | null;
  readonly after?: string | null;
}

type Saved = Promise<Written<{ webhookEndpoint: string; secret: string | null }>>;

export function saveEndpoint(writer: Writer, doors: EndpointDoors, input: EndpointInput): Saved {
  return write(writer, { operation: 'webhookEndpointSave' }, async (tx) => {
    assertEndpointName(input.name);
    await assertInput(writer, doors, input);
    const before = await lockEndpointByName(tx, input.name);
    if (before !== null && !isTheirs(writer, before))
      throw userError('NOT_PERMITTED', 'name', 'This endpoint is somebody else’s.');
    const saved = await nextState(tx, writer, input, before);
    let secret: string | null = null;
    if (before === null) {
      if (doors.keyring === null)
        throw userError('VALIDATION', null, 'The secret can not be stored: WEFT_ENCRYPTION_KEY is not set.');
      secret = newSigningSecret();
      await insertEndpoint(tx, saved, doors.keyring.seal(secret, ownerOfSecret(saved.id)));
    } else await updateEndpoint(tx, saved);
    const { name, status, types, actions, repository, documentId, scopes } = saved;
    // The URL may carry a token of the receiver's: who may see the endpoint sees it there.
    const details = { name, status, types, actions, repository, documentId, scopes };
    const action = before === null ? 'webhookEndpointCreated' : 'webhookEndpointChanged';
    tx.record({ type: 'WebhookEndpoint', key: saved.id, action, details, account: saved.owner });
    return { webhookEndpoint: saved.id, secret };
  });
}

async function assertInput(
  { auth }: Writer,
  { outbound, documents, hasType }: EndpointDoors,
  { url, types, actions, documentId, scopes }: EndpointInput,
): Promise<void> {
  if (url != null) {
    const fault = outbound.faultOf(url);
    if (fault !== null) throw userError('VALIDATION', 'url', fault);
  }
  assertNames('types', types ?? [], hasType);
  assertNames('actions', actions ?? []);
  assertNames('scopes', scopes ?? []);
  assertHeldScopes(scopes ?? [], (scope) => auth.has(scope));
  if (documentId != null && documentId !== '') {
    const known = await documents();
    if (known === null)
      throw userError('VALIDATION', 'documentId', 'There are no trusted documents: WEFT_TRUSTED_DOCUMENTS is not set.');
    if (known.find(documentId) === null)
      throw userError('NOT_FOUND', 'documentId', 'There is no trusted document of this id.');
  }
}

async function nextState(
  tx: WriteTransaction,
  { auth }: Writer,
  input: EndpointInput,
  before: EndpointState | null,
): Promise<Omit<EndpointState, 'revision'>> {
  const url = input.url ?? before?.url;
  if (url === undefined) throw userError('VALIDATION', 'url', 'A new endpoint needs a url.');
  const isActive = input.isActive ?? (before === null || before.status === 'ACTIVE');
  const { position, isExpired } = await startOf(tx, input.after ?? null, before);
  if (isActive && isExpired)
    throw userError(
      'VALIDATION',
      'after',
      'Changes that this endpoint has not had are no longer kept. Give the cursor to go on from, or an empty text for now.',
    );
  return {
    id: before?.id ?? randomUUID(),
    name: input.name,
    url,
    status: isActive ? 'ACTIVE' : before?.status === 'EXPIRED' && isExpired ? 'EXPIRED' : 'PAUSED',
    types: listed(input.types, before?.types),
    actions: listed(input.actions, before?.actions),
    repository: (input.repository ?? before?.repository ?? '') || null,
    documentId: (input.documentId ?? before?.documentId ?? '') || null,
    owner: before?.owner ?? auth.subject ?? 'anonymous',
    scopes: input.scopes ?? before?.scopes ?? [...auth.scopes],
    position,
  };
}

function listed(given: readonly string[] | null | undefined, before: readonly string[] | null | undefined) {
  const names = given ?? before ?? [];
  return names.length === 0 ? null : names;
}

/** From where on changes are sent: the cursor that was given, where it stands, or now. */
async function startOf(
  tx: WriteTransaction,
  after: string | null,
  before: EndpointState | null,
): Promise<{ position: number; isExpired: boolean }> {
  if (after === null && before !== null) {
    return { position: before.position, isExpired: before.status === 'EXPIRED' };
  }
  if (after === null || after === '') return { position: positionOfCursor(await currentCursor(tx)), isExpired: false };
  try {
    await readEvents(tx, { after, limit: 1 });
    return { position: positionOfCursor(after), isExpired: false };
  } catch (error) {
    if (error instanceof RequestError && /^CURSOR_/.test(error.code))
      throw userError('VALIDATION', 'after', error.message);
    throw error;
  }
}
