import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CompactSign, generateKeyPair } from 'jose';
import {
  findPackageFolders,
  packageOf,
  readEvidencePackage,
  toPackageFile,
  type PackageFile,
} from './evidence-packages.js';

const { privateKey } = await generateKeyPair('ES256');
const folder = '.gxp/evidence/packages/OQ-SPEC-1-2026-03-01T12-00-00Z';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const sign = (payload: string) =>
  new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey);

type Files = Record<string, string>;
interface Made {
  readonly files: Files;
  readonly manifest: Record<string, unknown>;
}

const results = (failed: number) => JSON.stringify({ tool: 'vitest', passed: 3, failed });

/** A sound package; `change` alters the manifest before it is signed. */
async function make(
  change: (manifest: Record<string, unknown>) => Record<string, unknown> = (manifest) => manifest,
  content: Files = {
    'metadata.json': '{"spec_id":"SPEC-1","tier":"OQ"}',
    'environment.json': '{}',
    'test-output.log': '3 passed\n',
    'artifacts/test-results.json': results(0),
  },
): Promise<Made> {
  const files = Object.entries(content).map(([path, text]) => ({
    path,
    sha256: sha256(text),
    size_bytes: text.length,
  }));
  const manifest = change({ package_id: 'PKG-1', spec_id: 'SPEC-1', tier: 'OQ', files, file_count: files.length });
  const signed = JSON.stringify({ ...manifest, iat: 1_772_366_400 });
  return {
    manifest,
    files: {
      ...content,
      'manifest.json': JSON.stringify(manifest, null, 2),
      'signature.jws': `${await sign(signed)}\n`,
    },
  };
}

const read = (files: Files) =>
  readEvidencePackage({
    path: folder,
    files: new Map(
      Object.entries(files).map(([path, content]): [string, PackageFile] => [path, toPackageFile({ path, content })]),
    ),
  });
const without = (files: Files, name: string): Files =>
  Object.fromEntries(Object.entries(files).filter(([key]) => key !== name));

describe('an evidence package', () => {
  test('gives evidence of its specification, with its files and the result of its tests', async () => {
    const { files, manifest } = await make();
    const { artifact, problems } = read(files);
    expect(problems).toEqual([]);
    expect(artifact).toMatchObject({
      kind: 'SIGNED_EVIDENCE',
      gxpId: 'PKG-1',
      parentId: 'SPEC-1',
      verificationTier: 'OQ',
      path: `${folder}/manifest.json`,
      packageFault: null,
      result: { result: 'PASS', reason: 'artifacts/test-results.json: 3 passed, none failed.' },
      jws: files['signature.jws']?.trim(),
    });
    expect(artifact?.files).toEqual(
      (manifest.files as { path: string; sha256: string; size_bytes: number }[])
        .map(({ path, sha256: hash, size_bytes: sizeBytes }) => ({ path, sha256: hash, sizeBytes }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    );
  });

  test('is read under the signature name of older drafts, and with a signature that leaves its payload out', async () => {
    const { files } = await make();
    const { 'signature.jws': signature = '', ...rest } = files;
    expect(read({ ...rest, 'manifest.jws': signature })).toMatchObject({
      problems: [],
      artifact: { packageFault: null },
    });
    const [header, , proof] = (await sign(files['manifest.json'] ?? '')).split('.');
    const { artifact, problems } = read({ ...rest, 'signature.jws': [header, '', proof].join('.') });
    expect(problems).toEqual([]);
    const payload = Buffer.from(files['manifest.json'] ?? '').toString('base64url');
    expect(artifact?.jws).toBe([header, payload, proof].join('.'));
  });

  test('fails where its tests failed, however well it is signed', async () => {
    const content = { 'artifacts/test-results.json': results(1) };
    expect(read((await make(undefined, content)).files).artifact?.result.result).toBe('FAIL');
    const said = await make((manifest) => ({ ...manifest, validation_result: 'FAIL' }));
    expect(read(said.files).artifact).toMatchObject({ packageFault: null, result: { result: 'FAIL' } });
  });

  test('fails where any part of it does: the manifest, or the second file of results', async () => {
    const [good, bad] = [{ 'artifacts/test-results.json': results(0) }, { 'test-results.json': results(2) }];
    const said = await make((manifest) => ({ ...manifest, test_results: { failed: 2 } }), good);
    expect(read(said.files).artifact?.result.result).toBe('FAIL');
    expect(read((await make(undefined, { ...good, ...bad })).files).artifact?.result).toEqual({
      result: 'FAIL',
      reason: 'test-results.json: 2 failed.',
    });
  });

  test('is not what was signed when it differs by a key that every object inherits', async () => {
    const { files } = await make((manifest) => ({ ...manifest, env: { os: 'linux' } }));
    const forged = (files['manifest.json'] ?? '').replace(/"env": \{[^}]*\}/, '"env": {"__proto__": {}}');
    expect(forged).toContain('__proto__');
    expect(read({ ...files, 'manifest.json': forged }).artifact?.packageFault).toBe(
      'manifest.json is not what was signed: "env" differs.',
    );
    const added = (files['manifest.json'] ?? '').replace('{', '{ "__proto__": {},');
    expect(read({ ...files, 'manifest.json': added }).artifact?.packageFault).toContain('"__proto__" differs');
  });

  test('says nothing where no test results are vouched for', async () => {
    const { files } = await make(undefined, { 'test-output.log': 'all is well' });
    expect(read({ ...files }).artifact?.result.result).toBe('UNKNOWN');
    // Results that lie there unlisted are nobody's.
    expect(read({ ...files, 'test-results.json': results(0) }).artifact?.result.result).toBe('UNKNOWN');
  });

  test.each(['manifest.json', 'signature.jws'])('without its %s is rejected', async (name) => {
    const { artifact, problems } = read(without((await make()).files, name));
    expect(artifact).toBeNull();
    expect(problems).toMatchObject([
      {
        code: 'PACKAGE_INCOMPLETE',
        severity: 'REJECTED',
        reason: `The evidence package has no ${name}: it proves nothing.`,
      },
    ]);
  });

  const list = (manifest: Record<string, unknown>) => manifest.files as Record<string, unknown>[];
  const change =
    (alter: (files: Record<string, unknown>[]) => unknown) =>
    (manifest: Record<string, unknown>): Record<string, unknown> => ({ ...manifest, files: alter(list(manifest)) });

  test.each<[string, Parameters<typeof make>[0], (files: Files) => Files, string]>([
    [
      'a listed file that is gone',
      undefined,
      (files) => without(files, 'test-output.log'),
      '"test-output.log" is listed, and missing.',
    ],
    [
      'a listed file that was changed',
      undefined,
      (files) => ({ ...files, 'test-output.log': '4 passed\n' }),
      '"test-output.log" was changed after it was signed: its hash is another.',
    ],
    [
      'a file that was added',
      undefined,
      (files) => ({ ...files, 'artifacts/more.png': 'PNG' }),
      '"artifacts/more.png" is not listed: it was added after the signing.',
    ],
    [
      'a second signature that nobody listed',
      undefined,
      (files) => ({ ...files, 'manifest.jws': files['signature.jws'] ?? '' }),
      '"manifest.jws" is not listed: it was added after the signing.',
    ],
    [
      'a manifest that was changed',
      undefined,
      (files) => ({ ...files, 'manifest.json': (files['manifest.json'] ?? '').replace('SPEC-1', 'SPEC-2') }),
      'manifest.json is not what was signed: "spec_id" differs.',
    ],
    [
      'a manifest that says less than was signed',
      undefined,
      (files) => ({ ...files, 'manifest.json': '{}' }),
      'manifest.json is not what was signed: "package_id" differs.',
    ],
    [
      'a manifest that is no JSON',
      undefined,
      (files) => ({ ...files, 'manifest.json': '{' }),
      'manifest.json is not JSON, and so not what was signed.',
    ],
    [
      'a path that climbs out',
      change((files) => [...files, { path: '../../REQ-1.md', sha256: '0'.repeat(64) }]),
      (files) => files,
      'Entry 5 of the manifest leads out of the package: the path "../../REQ-1.md" climbs out of its folder.',
    ],
    [
      'an absolute path',
      change((files) => [{ ...files[0], path: '/etc/passwd' }]),
      (files) => files,
      'Entry 1 of the manifest leads out of the package: the path "/etc/passwd" is absolute; paths start at the root of the repository.',
    ],
    [
      'a file listed twice',
      change((files) => [...files, files[0]]),
      (files) => files,
      'The manifest lists "metadata.json" twice.',
    ],
    [
      'a hash that is none',
      change((files) => [{ ...files[0], sha256: 'abc' }]),
      (files) => files,
      'Entry 1 of the manifest has no SHA-256 hash for "metadata.json".',
    ],
    ['no list of files', change(() => undefined), (files) => files, 'The manifest lists no files.'],
    [
      'a huge list',
      change(() => Array.from({ length: 5_001 }, (_, n) => ({ path: `${n}`, sha256: '0'.repeat(64) }))),
      (files) => files,
      'The manifest lists more than 5000 files.',
    ],
    [
      'another size than is listed',
      change((files) => files.map((file) => ({ ...file, size_bytes: 1 }))),
      (files) => files,
      '"artifacts/test-results.json" has another size than is listed.',
    ],
  ])('with %s is evidence that is refuted, and says why', async (_, before, after, fault) => {
    const { artifact, problems } = read(after((await make(before)).files));
    expect(artifact?.packageFault).toBe(fault);
    expect(problems).toMatchObject([{ code: 'PACKAGE_ALTERED', severity: 'FLAGGED', reason: fault }]);
  });

  test('with the signature of another package is refuted', async () => {
    const [mine, other] = [await make(), await make((manifest) => ({ ...manifest, package_id: 'PKG-2' }))];
    const { artifact } = read({ ...mine.files, 'signature.jws': other.files['signature.jws'] ?? '' });
    expect(artifact).toMatchObject({
      gxpId: 'PKG-2',
      packageFault: 'manifest.json is not what was signed: "package_id" differs.',
    });
  });

  test('with a signature that is none, or over no object, is rejected', async () => {
    const { files } = await make();
    expect(read({ ...files, 'signature.jws': 'signed, me' }).problems).toMatchObject([{ code: 'INVALID_JWS' }]);
    expect(read({ ...files, 'signature.jws': await sign('[1]') }).problems).toMatchObject([{ code: 'INVALID_JSON' }]);
  });

  test('has another content hash when any file changes', async () => {
    const { files } = await make();
    expect(read(files).contentHash).toBe(read({ ...files }).contentHash);
    expect(read({ ...files, 'test-output.log': '' }).contentHash).not.toBe(read(files).contentHash);
  });
});

test('packages are the folders below evidence that hold a manifest or its signature, the outer one of two', () => {
  const paths = [
    '.gxp/evidence/EV-1.jws',
    '.gxp/evidence/manifest.json',
    '.gxp/evidence/a/manifest.json',
    '.gxp/evidence/a/inner/manifest.json',
    '.gxp/evidence/packages/b/signature.jws',
    'service/.gxp/evidence/c/manifest.jws',
    'src/manifest.json',
  ];
  const folders = findPackageFolders(paths);
  expect(folders).toEqual(['.gxp/evidence/a', '.gxp/evidence/packages/b', 'service/.gxp/evidence/c']);
  expect(packageOf('.gxp/evidence/a/inner/x.log', new Set(folders))).toBe('.gxp/evidence/a');
  expect(packageOf('.gxp/evidence/EV-1.jws', new Set(folders))).toBeUndefined();
});
