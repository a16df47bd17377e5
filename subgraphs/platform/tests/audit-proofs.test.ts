import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphql, type GraphQLSchema } from 'graphql';
import { readSources, subgraphDocument } from '../../../schema/index.js';
import { auditEntriesSettled, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { parseVerifierKey, verifyBundle } from '../../../verifier/index.js';
import { Identity } from '../../kernel/auth/index.js';
import { loadConfig } from '../../kernel/config/index.js';
import { MapRegistry } from '../../kernel/read/index.js';
import { buildSubgraph } from '../../kernel/subgraph/index.js';
import { generateNoteKey, parseNoteSigner } from '../../kernel/trail/index.js';
import { settleSealing, write } from '../../kernel/write/index.js';
import { model } from '../entities.js';
import { createSubgraph } from '../index.js';

const key = generateNoteKey('log.example/weft');
const folder = mkdtempSync(join(tmpdir(), 'weft-proofs-'));
const auditor = Identity.of({ subject: 'auditor', scopes: ['audit:read'] });
const signer = Identity.of({ subject: 'ci', scopes: ['audit:read', 'audit:checkpoint'] });
let opened: TestDatabase;

function schemaOf(environment: Record<string, string>): GraphQLSchema {
  const definition = createSubgraph([], { checkpoints: loadConfig({ WEFT_LOG_LEVEL: 'silent', ...environment }) });
  const registry = new MapRegistry({ platform: model });
  return buildSubgraph(definition, subgraphDocument(definition, readSources(), registry), registry);
}
const signing = schemaOf({ WEFT_TRAIL_KEY: key, WEFT_TRAIL_STORES: pathToFileURL(folder).href });

beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(async () => {
  await settleSealing(opened.database);
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(source: string, auth: Identity, schema = signing, variableValues: Record<string, unknown> = {}) {
  const { database } = opened;
  const contextValue = { auth, requestId: 'request', db: database, database, loaders: new Map(), signal: undefined };
  return graphql({ schema, source, contextValue, variableValues });
}

async function changed(repository: string, times: number): Promise<void> {
  await write({ auth: auditor, requestId: 'request', database: opened.database }, { operation: 'test' }, async (tx) => {
    for (let n = 0; n < times; n++)
      tx.record({ type: 'Thing', key: `${repository}/${n}`, action: 'thingChanged', repository, details: { n } });
    return {};
  });
  await auditEntriesSettled(opened.database);
}

const create =
  'mutation { auditCheckpointCreate { auditCheckpoint { size note root createdAt } userErrors { code message } } }';

describe('auditCheckpointCreate', () => {
  test('needs its scope', async () => {
    expect((await ask(create, auditor)).errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    expect(
      (await ask('{ auditCheckpoints { nodes { size } } }', Identity.of({ subject: 'ann', scopes: [] }))).errors?.[0]
        ?.extensions['code'],
    ).toBe('FORBIDDEN');
  });

  test('says why there is none: no key, no entries', async () => {
    for (const [schema, code] of [
      [schemaOf({}), 'VALIDATION'],
      [signing, 'NOT_FOUND'],
    ] as const)
      expect((await ask(create, signer, schema)).data?.['auditCheckpointCreate']).toMatchObject({
        auditCheckpoint: null,
        userErrors: [{ code }],
      });
  });

  test('signs what is sealed, brings it to the stores, and is listed', async () => {
    await changed('acme/api', 3);
    const made = (await ask(create, signer)).data?.['auditCheckpointCreate'] as { auditCheckpoint: { note: string } };
    expect(made).toMatchObject({ auditCheckpoint: { size: 3 }, userErrors: [] });
    expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toBe(made.auditCheckpoint.note);
    const listed = await ask('{ auditCheckpoints(first: 5) { totalCount nodes { size note } } }', auditor);
    expect(listed.data?.['auditCheckpoints']).toEqual({
      totalCount: 1,
      nodes: [{ size: 3, note: made.auditCheckpoint.note }],
    });
  });

  test('refuses to sign what a store contradicts', async () => {
    const note = readFileSync(join(folder, 'checkpoint'), 'utf8');
    writeFileSync(join(folder, 'checkpoint'), note.replace('\n3\n', '\n30\n'));
    const answer = (await ask(create, signer)).data?.['auditCheckpointCreate'];
    expect(answer).toMatchObject({ auditCheckpoint: null, userErrors: [{ code: 'CONFLICT' }] });
    writeFileSync(join(folder, 'checkpoint'), note);
  });
});

describe('auditExport', () => {
  const exporting = `query ($repositoryId: ID, $from: DateTime, $to: DateTime, $after: String, $first: Int, $consistentWith: [BigInt!]) {
    auditExport(repositoryId: $repositoryId, from: $from, to: $to, after: $after, first: $first, consistentWith: $consistentWith) {
      text entryCount size hasNextPage endCursor
    }
  }`;
  type Part = { text: string; entryCount: number; size: number; hasNextPage: boolean; endCursor: string | null };

  async function bundle(variables: Record<string, unknown>): Promise<string[]> {
    let text = '';
    for (let after: string | null = null; ;) {
      const answer = await ask(exporting, auditor, signing, { first: 100, ...variables, after });
      expect(answer.errors).toBeUndefined();
      const part = answer.data?.['auditExport'] as Part;
      text += part.text;
      if (!part.hasNextPage) return text.trimEnd().split('\n');
      after = part.endCursor;
    }
  }
  const verified = (lines: string[]) =>
    verifyBundle(lines, {
      checkpoints: [readFileSync(join(folder, 'checkpoint'), 'utf8')],
      keys: [parseVerifierKey(parseNoteSigner(key).verifierKey)],
    });

  test('needs its scope', async () => {
    expect((await ask(exporting, Identity.of({ subject: 'ann', scopes: [] }))).errors?.[0]?.extensions['code']).toBe(
      'FORBIDDEN',
    );
  });

  test('comes in parts, as of one head, whatever is added meanwhile', async () => {
    await changed('acme/web', 300);
    await changed('acme/api', 9);
    await ask(create, signer);
    const [whole, ofRepository] = [await bundle({}), await bundle({ repositoryId: 'Repository:acme/api' })];
    await changed('acme/api', 1);
    expect(await verified(whole)).toMatchObject({ faults: [], entries: 312, size: 312, isWhole: true });
    expect(await verified(ofRepository)).toMatchObject({ faults: [], entries: 12, size: 312, isWhole: false });
    expect((await verified(await bundle({}))).entries).toBe(312);
  });

  test('of a period has what began in it', async () => {
    const future = new Date(Date.now() + 86_400_000).toISOString();
    expect(await verified(await bundle({ from: future }))).toMatchObject({ faults: [], entries: 0 });
    expect(await verified(await bundle({ to: future }))).toMatchObject({ faults: [], entries: 312 });
  });

  test('of a repository is joined to any checkpoint that is asked for', async () => {
    const lines = await bundle({ repositoryId: 'Repository:acme/api', consistentWith: [77] });
    expect(lines[0]).toContain('"from":77');
  });

  test.each([
    [{ first: 0 }, 'first must be'],
    [{ after: 'nonsense' }, 'no cursor'],
    [{ after: Buffer.from('99999:0:0').toString('base64url') }, 'not a place'],
    [{ consistentWith: [0] }, '1 or more'],
    [{ consistentWith: Array.from({ length: 101 }, (_, n) => n + 1) }, '100 sizes at most'],
    [{ repositoryId: 'Build:1' }, 'Repository'],
  ])('refuses %j', async (variables, message) => {
    const [error] = (await ask(exporting, auditor, signing, variables)).errors ?? [];
    expect(error?.message).toContain(message);
    expect(error?.extensions['code']).toBe('BAD_USER_INPUT');
  });
});
