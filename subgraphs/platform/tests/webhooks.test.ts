import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { Keyring } from '../../kernel/encryption/index.js';
import { expireEvents } from '../../kernel/events/index.js';
import { fails, takes, type Behaviour, type Received } from './receiver.js';
import { rotateWebhookSecrets } from '../index.js';
import { key, repository, WebhookFixture } from './webhook-fixture.js';

let fixture: WebhookFixture;
const wallets = { ann: '00000000-0000-4000-8000-000000000001', bob: '00000000-0000-4000-8000-000000000002' };

beforeAll(async () => {
  fixture = await WebhookFixture.start();
  await fixture.opened.database.script(`
    insert into traceability.repositories (name, git_url, owner, repo) values ('api', 'api', 'Acme', 'api');
    insert into scanning.users (clerk_user_id) values ('ann'), ('bob');
    insert into scanning.wallets (id, user_id) values ('${wallets.ann}', 'ann'), ('${wallets.bob}', 'bob');
  `);
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  await fixture.opened.database.query('delete from platform.webhook_endpoints');
  fixture.receiver.received.length = 0;
  fixture.receiver.behaves = takes;
});

const messages = async (endpoint: string, fields: string): Promise<any[]> =>
  (
    await fixture.subgraph.ask(
      'ann',
      `query ($id: ID!) { webhookEndpoint(id: $id) { messages(orderBy: { field: POSITION, direction: ASC }) { nodes { ${fields} } } } }`,
      { id: endpoint },
    )
  ).data.webhookEndpoint.messages.nodes;
const endpointOf = async (id: string, fields: string): Promise<any> =>
  (await fixture.subgraph.ask('ann', `query ($id: ID!) { webhookEndpoint(id: $id) { ${fields} } }`, { id })).data
    .webhookEndpoint;

test('a change arrives as a CloudEvent that the receiver can verify, and its history is kept', async () => {
  const { id, secret } = await fixture.endpoint('whole');
  await fixture.change(repository('api'));
  await fixture.deliver();
  const { body, headers, event } = fixture.receiver.received[0] as Received;
  expect(new Webhook(secret).verify(body, headers)).toEqual(event);
  expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  const data = { type: 'Repository', entityId: repository('api'), action: 'thingChanged', repository: null };
  expect(event).toEqual({
    specversion: '1.0',
    id: headers['webhook-id'],
    source: 'urn:weft:test',
    type: 'weft.Repository.thingChanged',
    subject: repository('api'),
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    datacontenttype: 'application/json',
    partitionkey: repository('api'),
    sequence: expect.stringMatching(/^\d{16}$/),
    data: { ...data, cursor: expect.any(String), occurredAt: event.time },
  });
  const fields =
    'status attempts lastError finishedAt entityId cursor entity { id } history { nodes { number httpStatus error answer } }';
  expect(await messages(id, fields)).toEqual([
    {
      status: 'DELIVERED',
      attempts: 1,
      lastError: null,
      finishedAt: expect.any(String),
      entityId: repository('api'),
      cursor: event.data.cursor,
      entity: { id: repository('api') },
      history: { nodes: [{ number: 1, httpStatus: 204, error: null, answer: null }] },
    },
  ]);
});

test('an endpoint is told of what it asks for and its owner may see, and of nothing about webhooks', async () => {
  await fixture.endpoint('of wallets', { types: ['Wallet'] });
  await fixture.endpoint('of one action', { actions: ['otherThing'] });
  await fixture.change(repository('api'), `Wallet:${wallets.bob}`, `Wallet:${wallets.ann}`, 'WebhookEndpoint:x');
  await fixture.deliver();
  expect(fixture.receiver.received.map(({ event }) => event.subject)).toEqual([`Wallet:${wallets.ann}`]);
});

test('changes of one entity arrive in their order, also when the first is refused; others go on', async () => {
  await fixture.endpoint('ordered');
  const [slow, quick] = [repository('slow'), repository('quick')];
  await fixture.change(slow, slow, slow, quick, quick);
  fixture.receiver.behaves = (response, received) =>
    (received.event.subject === slow ? fails : takes)(response, received);
  await fixture.worker().drain();
  const first = fixture.receiver.ids(slow)[0];
  expect(fixture.receiver.ids(slow)).toEqual([first]);
  expect(fixture.receiver.ids(quick)).toHaveLength(2);
  fixture.receiver.behaves = takes;
  await fixture.deliver();
  const sequences = fixture.receiver.received
    .filter(({ event }) => event.subject === slow)
    .map(({ event }) => event.sequence);
  expect(sequences).toEqual([...sequences].sort());
  // The one that was tried twice is known by its id.
  expect(fixture.receiver.ids(slow).slice(0, 2)).toEqual([first, first]);
  expect(new Set(fixture.receiver.ids(slow)).size).toBe(3);
});

test('a receiver that was killed and started again has missed nothing', async () => {
  await fixture.endpoint('killed');
  await fixture.change(repository('a'), repository('b'));
  await fixture.deliver();
  await fixture.receiver.kill();
  await fixture.change(repository('a'), repository('c'));
  await fixture.worker().drain();
  await fixture.receiver.restart();
  await fixture.deliver();
  expect(fixture.receiver.received.map(({ event }) => event.subject).sort()).toEqual(
    ['a', 'a', 'b', 'c'].map(repository),
  );
});

test.each<[string, Behaviour]>([
  ['says nothing', () => undefined],
  ['redirects', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['breaks the connection', (response) => void response.socket?.destroy()],
  ['answers no HTTP', (response) => void response.socket?.end('SSH-2.0\r\n')],
])('what a receiver did not take is sent again: it %s', async (_what, misbehaves) => {
  const { id } = await fixture.endpoint('hostile');
  await fixture.change(repository('api'));
  fixture.receiver.behaves = misbehaves;
  await fixture.worker({ timeoutMs: 200 }).drain();
  expect(await messages(id, 'status attempts lastError')).toEqual([
    { status: 'PENDING', attempts: 1, lastError: expect.any(String) },
  ]);
  fixture.receiver.behaves = takes;
  await fixture.deliver();
  expect(await messages(id, 'status attempts lastError')).toEqual([
    { status: 'DELIVERED', attempts: 2, lastError: null },
  ]);
});

test('a receiver that lies about its length, or never ends, has taken the message', async () => {
  const { id } = await fixture.endpoint('lying');
  await fixture.change(repository('a'), repository('b'));
  fixture.receiver.behaves = (response, { event }) => {
    if (event.subject === repository('a')) {
      response.writeHead(200, { 'content-length': '1000' }).write('short');
      setImmediate(() => response.destroy());
    } else response.writeHead(200).write('and then nothing');
  };
  await fixture.worker({ timeoutMs: 300 }).drain();
  expect(await messages(id, 'status attempts')).toEqual(Array(2).fill({ status: 'DELIVERED', attempts: 1 }));
});

test('after five failures in a row an endpoint rests, then one message tries for all', async () => {
  const { id } = await fixture.endpoint('resting');
  await fixture.change(...Array.from({ length: 20 }, (_, n) => repository(`r${n}`)));
  fixture.receiver.behaves = fails;
  await fixture.worker({ concurrency: 2 }).drain();
  expect(fixture.receiver.received).toHaveLength(5);
  expect(await endpointOf(id, 'consecutiveFailures circuitOpenUntil')).toEqual({
    consecutiveFailures: 5,
    circuitOpenUntil: expect.any(String),
  });
  await fixture.pass();
  await fixture.worker().drain();
  expect(fixture.receiver.received).toHaveLength(6);
  fixture.receiver.behaves = takes;
  await fixture.deliver();
  expect(await endpointOf(id, 'consecutiveFailures circuitOpenUntil')).toEqual({
    consecutiveFailures: 0,
    circuitOpenUntil: null,
  });
  expect(new Set(fixture.receiver.ids()).size).toBe(20);
});

test('what was tried too often is a dead letter that lets others pass, and is redriven', async () => {
  const { id } = await fixture.endpoint('dying');
  await fixture.change(repository('api'), repository('api'));
  fixture.receiver.behaves = (response, received) =>
    (received.event.sequence === fixture.receiver.received[0]?.event.sequence ? fails : takes)(response, received);
  await fixture.deliver({ maxAttempts: 2 });
  const fields = 'id status lastError history { nodes { number httpStatus error answer } }';
  const [dead, next] = await messages(id, fields);
  const failed = { httpStatus: 500, error: 'The endpoint answered 500.', answer: 'no disk' };
  expect(dead).toMatchObject({
    status: 'DEAD',
    lastError: 'The endpoint answered 500.',
    history: { nodes: [1, 2].map((number) => ({ number, ...failed })) },
  });
  expect(next).toMatchObject({ status: 'DELIVERED' });
  const trail = await fixture.subgraph.ask(
    'admin',
    'query ($id: ID!) { node(id: $id) { auditTrail { nodes { action user payload entity { id } } } } }',
    { id: dead.id },
  );
  expect(trail.data.node.auditTrail.nodes).toEqual([
    {
      action: 'webhookMessageDied',
      user: 'webhook-worker',
      payload: { attempts: 2, error: 'The endpoint answered 500.' },
      entity: { id: dead.id },
    },
  ]);

  fixture.receiver.behaves = takes;
  const input = { webhookEndpointId: id, webhookMessageIds: [dead.id] };
  expect(await fixture.subgraph.refusals('bob', 'webhookMessagesRedrive', input)).toEqual([
    'NOT_FOUND webhookEndpointId',
  ]);
  expect(await fixture.subgraph.mutate('ann', 'webhookMessagesRedrive', input, 'redriven')).toMatchObject({
    redriven: 1,
  });
  await fixture.deliver();
  expect((await messages(id, 'status')).map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
});

test('an endpoint that answers 410 is switched off, and what waits is sent once it is on again', async () => {
  const { id } = await fixture.endpoint('going');
  await fixture.change(repository('api'));
  fixture.receiver.behaves = (response) => response.writeHead(410).end();
  await fixture.worker().drain();
  expect(await endpointOf(id, 'status')).toEqual({ status: 'GONE' });
  fixture.receiver.behaves = takes;
  await fixture.endpoint('going', { isActive: true });
  await fixture.deliver();
  expect(await messages(id, 'status')).toEqual([{ status: 'DELIVERED' }]);
});

test('an endpoint whose changes have expired is told so, and goes on from where it is told', async () => {
  const { id } = await fixture.endpoint('late', { isActive: false });
  await fixture.endpoint('other');
  await fixture.change(repository('api'));
  await expireEvents(fixture.opened.database, new Date(Date.now() + 60_000));
  const input = { name: 'late', isActive: true };
  await fixture.opened.database.query(`update platform.webhook_endpoints set status = 'ACTIVE'`);
  await fixture.worker().drain();
  expect(await endpointOf(id, 'status')).toEqual({ status: 'EXPIRED' });
  expect(await fixture.subgraph.refusals('ann', 'webhookEndpointSave', input)).toEqual(['VALIDATION after']);
  await fixture.endpoint('late', { isActive: true, after: '' });
  await fixture.change(repository('api'));
  await fixture.deliver();
  expect(await messages(id, 'status')).toEqual([{ status: 'DELIVERED' }]);
});

test('after a rotation both secrets sign for a while, and then the new one alone', async () => {
  const { id, secret } = await fixture.endpoint('rotated');
  const input = { webhookEndpointId: id, overlapSeconds: 3_600 };
  const { secret: next } = await fixture.subgraph.mutate('ann', 'webhookEndpointSecretRotate', input, 'secret');
  await fixture.change(repository('api'));
  await fixture.deliver();
  await fixture.opened.database.query(`update platform.webhook_endpoints set previous_secret_until = now()`);
  await fixture.change(repository('api'));
  await fixture.deliver();
  const verifies = (n: number, with_: string): boolean => {
    const { body = '', headers = {} } = fixture.receiver.received[n] ?? {};
    try {
      return new Webhook(with_).verify(body, headers) !== null;
    } catch {
      return false;
    }
  };
  expect([verifies(0, secret), verifies(0, next), verifies(1, secret), verifies(1, next)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test('secrets are encrypted anew under another key, and those that nothing opens are named', async () => {
  const { secret } = await fixture.endpoint('re-encrypted');
  const [next, lost] = ['22'.repeat(32), '33'.repeat(32)];
  const { database } = fixture.opened;
  expect(await rotateWebhookSecrets(database, new Keyring({ current: lost }))).toEqual({
    rotated: 0,
    unreadable: ['re-encrypted'],
  });
  const whole = { rotated: 1, unreadable: [] };
  expect(await rotateWebhookSecrets(database, new Keyring({ current: next, previous: key }))).toEqual(whole);
  expect(await rotateWebhookSecrets(database, new Keyring({ current: key, previous: next }))).toEqual(whole);
  await fixture.change(repository('api'));
  await fixture.deliver();
  const { body, headers } = fixture.receiver.received[0] as Received;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ subject: repository('api') });
});

describe('with a trusted document', () => {
  test('its answer is the data, asked as the owner, and numbers stay what they are', async () => {
    const asked: unknown[] = [];
    fixture.ask = (question) => {
      asked.push([
        question.documentId,
        question.variables['id'],
        question.identity.subject,
        [...question.identity.scopes],
      ]);
      return Promise.resolve({ text: '{"data":{"amount":12345678901234567890.10}}', codes: [] });
    };
    await fixture.endpoint('asking', { documentId: 'node', scopes: ['evidence:write'] });
    await fixture.change(repository('api'));
    await fixture.deliver();
    expect(asked).toEqual([['node', repository('api'), 'ann', ['evidence:write']]]);
    expect(fixture.receiver.received[0]?.body).toContain('"data":{"data":{"amount":12345678901234567890.10}}}');
  });

  test('a document that can not be answered now is asked again, and its endpoint is not to blame', async () => {
    const { id } = await fixture.endpoint('waiting', { documentId: 'node' });
    await fixture.change(repository('api'));
    fixture.ask = () => Promise.resolve({ text: '{"errors":[]}', codes: ['SUBGRAPH_UNAVAILABLE'] });
    await fixture.worker().drain();
    expect(fixture.receiver.received).toEqual([]);
    expect(await messages(id, 'status lastError')).toEqual([
      { status: 'PENDING', lastError: 'The document could not be answered: SUBGRAPH_UNAVAILABLE.' },
    ]);
    expect(await endpointOf(id, 'consecutiveFailures')).toEqual({ consecutiveFailures: 0 });
    fixture.ask = () => Promise.resolve({ text: '{"data":{}}', codes: [] });
    await fixture.deliver();
    expect(await messages(id, 'status')).toEqual([{ status: 'DELIVERED' }]);
  });
});

describe('who may do what', () => {
  test('nobody without the scope registers, and nobody else sees or changes an endpoint but an administrator', async () => {
    for (const caller of ['reader', 'anonymous'] as const)
      await expect(fixture.endpoint('refused', {}, caller)).rejects.toThrow();
    const { id } = await fixture.endpoint('private');
    await fixture.change(repository('api'));
    await fixture.deliver();
    const seen = async (caller: 'ann' | 'bob' | 'admin' | 'reader') => {
      const { data } = await fixture.subgraph.ask(
        caller,
        `{ webhookEndpoints { totalCount } webhookMessages { totalCount nodes { history { totalCount } } } node(id: "${id}") { id } }`,
      );
      return [data.webhookEndpoints.totalCount, data.webhookMessages.totalCount, data.node !== null];
    };
    expect(await Promise.all([seen('ann'), seen('admin'), seen('bob'), seen('reader')])).toEqual([
      [1, 1, true],
      [1, 1, true],
      [0, 0, false],
      [0, 0, false],
    ]);
    const { url } = fixture.receiver;
    expect(await fixture.subgraph.refusals('bob', 'webhookEndpointSave', { name: 'private', url })).toEqual([
      'NOT_PERMITTED name',
    ]);
    for (const field of ['webhookEndpointRemove', 'webhookEndpointSecretRotate'])
      expect(await fixture.subgraph.refusals('bob', field, { webhookEndpointId: id })).toEqual([
        'NOT_FOUND webhookEndpointId',
      ]);
    expect(await fixture.subgraph.refusals('admin', 'webhookEndpointRemove', { webhookEndpointId: id })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a private address', { url: 'https://10.0.0.1/' }, 'VALIDATION url'],
    ['no TLS', { url: 'http://hooks.example.com/' }, 'VALIDATION url'],
    ['no name', { name: '' }, 'VALIDATION name'],
    ['an unknown type', { types: ['Nonsense'] }, 'VALIDATION types'],
    ['a scope that its caller has not', { scopes: ['audit:read'] }, 'NOT_PERMITTED scopes'],
    ['an unknown document', { documentId: 'other' }, 'NOT_FOUND documentId'],
    ['a cursor that is none', { after: 'nonsense' }, 'VALIDATION after'],
    [
      'a cursor ahead of the feed',
      { after: Buffer.from('weft:e1:999999999').toString('base64url') },
      'VALIDATION after',
    ],
  ])('an endpoint with %s is refused', async (_what, input, refusal) => {
    const whole = { name: 'refused', url: fixture.receiver.url, ...input };
    expect(await fixture.subgraph.refusals('ann', 'webhookEndpointSave', whole)).toEqual([refusal]);
  });

  test('secrets are stored encrypted, and are in no audit entry', async () => {
    const { secret } = await fixture.endpoint('secret');
    const [stored] = await fixture.opened.database.query<{ text: string }>(
      `select (select jsonb_agg(e)::text from platform.webhook_endpoints e) || (select jsonb_agg(a)::text from traceability.audit_log a) as text`,
    );
    expect(stored?.text).not.toContain(secret.slice(6));
  });
});
