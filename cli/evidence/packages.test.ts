/** Packages from a team's CI to the graph: what is made here is read there, and both say the same of what was done to it. */
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSubgraph, type TestSubgraph } from '../../tests/federation/traceability/subgraph.js';
import { readEvidenceFolder } from '../checkout/index.js';
import {
  createPackage,
  createSigningKey,
  readSigningKey,
  signPackage,
  verifyEvidence,
  type CreatedPackage,
  type SigningKey,
} from './index.js';

let base: string;
let root: string;
let key: SigningKey;
let subgraph: TestSubgraph;
const now = new Date('2026-03-01T12:00:00.000Z');
const packageName = 'OQ-SPEC-1-2026-03-01T12-00-00-000Z';
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-C', root, ...args], {
    encoding: 'utf8',
  });
const write = (path: string, content: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
const report = (...cases: readonly string[]) =>
  `<testsuites name="pytest tests"><testsuite name="pytest">${cases.join('')}</testsuite></testsuites>`;
const passed = (name: string, file = 'tests/test_dose.py') => `<testcase file="${file}" name="${name}"/>`;
const failed = (name: string) => passed(name).replace('/>', '><failure/></testcase>');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'weft-packages-')));
  root = join(base, 'checkout');
  mkdirSync(root);
  key = await createSigningKey();
  write('.gxp/requirements/REQ-1.md', '---\ngxp_id: REQ-1\ntitle: Doses\ngxp_risk_rating: HIGH\n---\n');
  const criteria = '["A dose is limited.", "An alarm sounds.", "A print is made."]';
  write(
    '.gxp/user_stories/US-1.md',
    `---\ngxp_id: US-1\ntitle: D\nparent_id: REQ-1\nacceptance_criteria: ${criteria}\n---\n`,
  );
  const files = 'source_files: [src/dose.py]\ntest_files: [tests/test_dose.py]';
  write(
    '.gxp/specs/SPEC-1.md',
    `---\ngxp_id: SPEC-1\ntitle: D\nparent_id: US-1\nverification_tier: OQ\n${files}\n---\nText.\n`,
  );
  write('src/dose.py', 'limit = 4\n');
  write('tests/test_dose.py', 'assert True\n');
  write('.gitignore', 'results/\n');
  execFileSync('git', ['init', '-q', '-b', 'main', root]);
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  write('results/ok.xml', report(passed('test_limit AC-1'), passed('test_alarm AC-02'), passed('other', 'tests/x.py')));
  write('results/bad.xml', report(passed('test_limit AC-1'), failed('test_alarm AC-2')));
  write('results/silent.xml', report(passed('other', 'tests/x.py')));
  write('results/shot.png', 'pixels');
  subgraph = await openSubgraph();
});
afterAll(async () => {
  await subgraph.close();
  rmSync(base, { recursive: true, force: true });
});

let count = 0;
/** A package in a folder of its own, so that nothing lies in the checkout. */
async function make(results = 'ok.xml', more: object = {}): Promise<{ made: CreatedPackage; folder: string }> {
  const packagesPath = `../made-${(count += 1)}/.gxp/evidence`;
  const made = await createPackage({
    folder: root,
    specId: 'SPEC-1',
    resultFiles: [join(root, 'results', results)],
    packagesPath,
    now,
    ...more,
  });
  return { made, folder: join(root, made.path) };
}
const made = new Map<string, Promise<string>>();
/** A copy of a signed package, in a folder of its own: making one asks git a dozen times. */
async function signed(results = 'ok.xml'): Promise<string> {
  const original =
    made.get(results) ?? make(results).then(({ folder }) => signPackage(folder, key, now).then(() => folder));
  made.set(results, original);
  const folder = join(base, `copy-${(count += 1)}`, '.gxp/evidence', packageName);
  cpSync(await original, folder, { recursive: true });
  return folder;
}
const jwkOf = ({ publicKey: { jwk, kid, algorithm } }: SigningKey) => ({ ...jwk, kid, alg: algorithm });
const json = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('a package that is made', () => {
  test('says what was tested, on what, with what result, and lists every file of its own', async () => {
    const { made, folder } = await make('ok.xml', { attachments: [join(root, 'results/shot.png')] });
    expect(made).toMatchObject({ result: 'PASS', passed: 2, failed: 0, skipped: 0 });
    expect(folder.endsWith(packageName)).toBe(true);
    expect(json(folder, 'manifest.json')).toMatchObject({
      package_id: packageName,
      spec_id: 'SPEC-1',
      tier: 'OQ',
      traced_user_story: 'US-1',
      git_commit: git('rev-parse', 'HEAD').trim(),
      system_state_hash: sha256('dose.pylimit = 4\n'),
      tested_files: [
        { path: 'src/dose.py', sha256: sha256('limit = 4\n') },
        { path: 'tests/test_dose.py', sha256: sha256('assert True\n') },
      ],
      test_summary: { total_tests: 2, passed: 2, failed: 0, skipped: 0 },
      acceptance_criteria_verified: [
        { criterion_id: 'AC-1', description: 'A dose is limited.', status: 'PASS' },
        { criterion_id: 'AC-2', description: 'An alarm sounds.', status: 'PASS' },
      ],
      validation_result: 'PASS',
      file_count: 6,
    });
    expect(json(folder, 'manifest.json').files.map(({ path }: { path: string }) => path)).toEqual([
      'artifacts/ok.xml',
      'artifacts/shot.png',
      'artifacts/test-results.json',
      'environment.json',
      'metadata.json',
      'test-output.log',
    ]);
  });

  test('holds a failure as one', async () => {
    const { made, folder } = await make('bad.xml');
    expect(made).toMatchObject({ result: 'FAIL', passed: 1, failed: 1 });
    expect(json(folder, 'manifest.json')).toMatchObject({
      validation_result: 'FAIL',
      acceptance_criteria_verified: [{ status: 'PASS' }, { criterion_id: 'AC-2', status: 'FAIL' }],
    });
  });

  test('is refused, and nothing left, for silent tests, other text than the commit has, and an unknown specification', async () => {
    const before = readdirSync(base).sort();
    await expect(make('silent.xml')).rejects.toThrow('no test of tests/test_dose.py ran');
    await expect(make('ok.xml', { specId: 'SPEC-9' })).rejects.toThrow('no specification SPEC-9');
    write('src/dose.py', 'limit = 40\n');
    await expect(make()).rejects.toThrow('src/dose.py differ from the commit');
    write('src/dose.py', 'limit = 4\n');
    await expect(make('../.gitignore')).rejects.toThrow('The test results are none that are read');
    expect(readdirSync(base).sort()).toEqual(before);
  });
});

describe('a signature', () => {
  test('is verified by its key, a second one is added to it, and the same key signs once', async () => {
    const folder = await signed();
    const other = await createSigningKey();
    expect((await verifyEvidence(folder, [jwkOf(key)])).evidence).toMatchObject([
      {
        gxpId: packageName,
        parentId: 'SPEC-1',
        verdict: { code: 'VERIFIED', signerCount: 1 },
        result: { result: 'PASS' },
      },
    ]);
    expect(await signPackage(folder, other, now)).toEqual({ signatures: 2 });
    expect((await verifyEvidence(folder, [jwkOf(key), jwkOf(other)])).evidence).toMatchObject([
      { verdict: { code: 'VERIFIED', signerCount: 2 } },
    ]);
    expect((await verifyEvidence(folder, [jwkOf(key)])).evidence).toMatchObject([{ verdict: { code: 'UNKNOWN_KEY' } }]);
    await expect(signPackage(folder, key)).rejects.toThrow('has signed this package already');
  });

  test('is refused for a package that is not whole', async () => {
    const { folder } = await make();
    writeFileSync(join(folder, 'test-output.log'), 'all passed');
    await expect(signPackage(folder, key)).rejects.toThrow('"test-output.log" was changed');
    expect(readdirSync(folder)).not.toContain('signature.jws');
  });

  test('names its key as whoever trusts it knows it', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const named = await readSigningKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'ci-2026');
    const { folder } = await make();
    await signPackage(folder, named, now);
    expect((await verifyEvidence(folder, [jwkOf(named)])).evidence).toMatchObject([
      { verdict: { verified: true, reason: expect.stringContaining('"ci-2026"') } },
    ]);
  });
});

/** What is done to a sound, signed package → what both the standalone check and a scan must say. */
type Attack = readonly [name: string, done: (folder: string) => void | Promise<void>, verdict: string, result: string];
const edit = (folder: string, name: string, change: (text: string) => string): void =>
  writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'utf8')));
const editManifest = (folder: string, change: (manifest: any) => void): void =>
  edit(folder, 'manifest.json', (text) => {
    const manifest = JSON.parse(text);
    change(manifest);
    return JSON.stringify(manifest);
  });
/** By a key that nobody trusts, over the manifest as it lies there. */
async function signAgain(folder: string): Promise<void> {
  rmSync(join(folder, 'signature.jws'));
  await signPackage(folder, await createSigningKey(), now);
}

const attacks: readonly Attack[] = [
  ['nothing', () => undefined, 'VERIFIED', 'PASS'],
  [
    'a listed file has other bytes',
    (folder) => edit(folder, 'test-output.log', () => 'all passed'),
    'PACKAGE_ALTERED',
    'PASS',
  ],
  [
    'test results are bettered, and their hash in the manifest too',
    (folder) => {
      edit(folder, 'artifacts/test-results.json', (text) => text.replace('"failed": 0', '"failed": 0 '));
      editManifest(folder, (manifest) => {
        const file = manifest.files.find(({ path }: { path: string }) => path === 'artifacts/test-results.json');
        file.sha256 = sha256(readFileSync(join(folder, 'artifacts/test-results.json'), 'utf8'));
        file.size_bytes = readFileSync(join(folder, 'artifacts/test-results.json')).byteLength;
      });
    },
    'PACKAGE_ALTERED',
    'PASS',
  ],
  ['a file is added', (folder) => writeFileSync(join(folder, 'approval.txt'), 'approved'), 'PACKAGE_ALTERED', 'PASS'],
  ['a listed file is gone', (folder) => rmSync(join(folder, 'environment.json')), 'PACKAGE_ALTERED', 'PASS'],
  [
    'the manifest leads out of the package',
    (folder) => editManifest(folder, (manifest) => (manifest.files[0].path = '../../../etc/passwd')),
    'PACKAGE_ALTERED',
    'PASS',
  ],
  [
    'a listed file is a link to the same bytes elsewhere',
    (folder) => {
      cpSync(join(folder, 'test-output.log'), join(folder, '../../../elsewhere.log'));
      rmSync(join(folder, 'test-output.log'));
      symlinkSync('../../../elsewhere.log', join(folder, 'test-output.log'));
    },
    'PACKAGE_ALTERED',
    'PASS',
  ],
  [
    'the manifest is larger than any artifact may be',
    (folder) =>
      editManifest(folder, (manifest) => (manifest.files = Array.from({ length: 20_000 }, () => manifest.files[0]))),
    'none',
    'PACKAGE_INCOMPLETE',
  ],
  [
    'the signature is that of another package',
    async (folder) => {
      const other = await signed('bad.xml');
      cpSync(join(other, 'signature.jws'), join(folder, 'signature.jws'));
    },
    'PACKAGE_ALTERED',
    'FAIL',
  ],
  ['the signature is gone', (folder) => rmSync(join(folder, 'signature.jws')), 'none', 'PACKAGE_INCOMPLETE'],
  ['a stranger signs it anew', signAgain, 'UNKNOWN_KEY', 'PASS'],
  [
    'a PASS is signed with letters of the signature turned round',
    (folder) =>
      edit(folder, 'signature.jws', (jws) => {
        const [header, payload, signature = ''] = jws.trim().split('.');
        return [header, payload, signature.slice(0, 40).split('').reverse().join('') + signature.slice(40)].join('.');
      }),
    'SIGNATURE_INVALID',
    'PASS',
  ],
];

describe('evidence under attack', () => {
  const scan = async (repository: string, folder: string) => {
    const { files, digests } = await readEvidenceFolder(join(folder, '../../..'));
    const ingest = `mutation ($input: ScanIngestInput!) { scanIngest(input: $input) { userErrors { message }
      scan { rejections(first: 50) { nodes { code severity } } } } }`;
    const input = {
      repository,
      gitUrl: `https://git.example.org/${repository}`,
      commitSha: 'a'.repeat(40),
      files: [...files.map(({ path, content }) => ({ path, content: Buffer.from(content).toString() })), ...digests],
    };
    const add = `mutation ($input: TrustedKeyAddInput!) { trustedKeyAdd(input: $input) { userErrors { message } } }`;
    const { scanIngest } = await subgraph.get(ingest, { input });
    await subgraph.get(add, { input: { repositoryId: `Repository:${repository}`, jwk: jwkOf(key) } });
    const query = `query ($name: String!) { repository(fullName: $name) { evidence { nodes {
      gxpId result isCovered verifySignature { code } } } } }`;
    const { evidence } = (await subgraph.get(query, { name: repository })).repository;
    return { evidence: evidence.nodes, rejections: scanIngest.scan.rejections.nodes };
  };

  test.each(attacks.map((attack, index) => [...attack, index] as const))(
    'when %s',
    async (_, done, verdict, result, index) => {
      const folder = await signed();
      await done(folder);
      const standalone = await verifyEvidence(folder, [jwkOf(key)]);
      const scanned = await scan(`attacks/number-${index}`, folder);
      if (verdict === 'none') {
        expect(standalone).toMatchObject({ evidence: [], problems: [{ code: result, severity: 'REJECTED' }] });
        expect(scanned).toEqual({ evidence: [], rejections: [{ code: result, severity: 'REJECTED' }] });
        return;
      }
      expect(standalone.evidence).toMatchObject([{ verdict: { code: verdict }, result: { result } }]);
      expect(scanned.evidence).toMatchObject([
        { result, isCovered: verdict === 'VERIFIED' && result === 'PASS', verifySignature: { code: verdict } },
      ]);
    },
  );

  test('when it failed and its signature is good, it is genuine and covers nothing', async () => {
    const folder = await signed('bad.xml');
    expect((await verifyEvidence(folder, [jwkOf(key)])).evidence).toMatchObject([
      { verdict: { code: 'VERIFIED' }, result: { result: 'FAIL' } },
    ]);
    expect((await scan('attacks/failed', folder)).evidence).toMatchObject([
      { result: 'FAIL', isCovered: false, verifySignature: { code: 'VERIFIED' } },
    ]);
  });

  test('when the same package lies there twice, it is one, and the copy is said to be', async () => {
    const folder = await signed();
    cpSync(folder, `${folder}-copy`, { recursive: true });
    const parent = join(folder, '../../..');
    const standalone = await verifyEvidence(parent, [jwkOf(key)]);
    expect(standalone).toMatchObject({
      evidence: [{ gxpId: packageName, verdict: { code: 'VERIFIED' } }],
      problems: [{ code: 'DUPLICATE_ID' }],
    });
    const scanned = await scan('attacks/twice', folder);
    expect(scanned.rejections).toEqual([{ code: 'DUPLICATE_ID', severity: 'REJECTED' }]);
    expect(scanned.evidence).toHaveLength(1);
  });
});
