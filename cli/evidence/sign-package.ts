import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlattenedSign } from 'jose';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import {
  manifestName,
  parseJws,
  readFiles,
  signatureNames,
  type ArtifactFile,
} from '../../subgraphs/traceability/domain/index.js';
import { readEvidenceFolder } from '../checkout/index.js';
import type { SigningKey } from './signing-key.js';

/**
 * Signs a package, or adds a signature to one that is signed: then its signature file holds all of them over the same
 * manifest. Throws a StartupError for a package that is not whole, and for a key that has signed it already.
 */
export async function signPackage(folder: string, key: SigningKey, now = new Date()): Promise<{ signatures: number }> {
  const { files, digests } = await readEvidenceFolder(folder);
  const textOf = (name: string): string | null => {
    const file = files.find(({ path }) => path.endsWith(`/${name}`) && path.split('/').length === 4);
    return file === undefined ? null : toText(file.content);
  };
  const manifest = textOf(manifestName);
  if (manifest === null) throw new StartupError(`${folder} is no evidence package: it has no ${manifestName}.`);
  const before = signatureNames.map((name) => ({ name, text: textOf(name) })).find(({ text }) => text !== null);
  const [signatureName] = signatureNames;
  const name = before?.name ?? signatureName;
  const payload = before?.text ? payloadOf(before.text) : toPayload(manifest, now);
  const earlier = before?.text ? signaturesOf(before.text) : [];
  if (earlier.some(({ protected: header }) => header !== undefined && kidOf(header) === key.publicKey.kid)) {
    throw new StartupError(`The key ${key.publicKey.kid} has signed this package already.`);
  }
  const signed = await new FlattenedSign(payload)
    .setProtectedHeader({ alg: key.publicKey.algorithm, kid: key.publicKey.kid })
    .sign(key.privateKey);
  const content =
    earlier.length === 0
      ? `${signed.protected}.${signed.payload}.${signed.signature}\n`
      : `${JSON.stringify({
          payload: signed.payload,
          signatures: [...earlier, { protected: signed.protected, signature: signed.signature }],
        })}\n`;
  await assertWhole(folder, { files, digests }, { name, content });
  const draft = join(folder, `${name}.tmp`);
  await writeFile(draft, content);
  await rename(draft, join(folder, name));
  return { signatures: earlier.length + 1 };
}

/** The manifest itself, and when it was signed. */
function toPayload(manifest: string, now: Date): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(manifest);
  } catch {
    throw new StartupError(`${manifestName} is not JSON.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StartupError(`${manifestName} is not a JSON object.`);
  }
  return new TextEncoder().encode(JSON.stringify({ ...value, iat: Math.floor(now.getTime() / 1000) }));
}

function payloadOf(jws: string): Uint8Array {
  return Buffer.from(shapeOf(jws).payload, 'base64url');
}

function signaturesOf(jws: string) {
  return shapeOf(jws).signatures;
}

function shapeOf(jws: string) {
  const shape = parseJws(jws);
  if (typeof shape === 'string')
    throw new StartupError(`The package has a signature that can't be added to: ${shape}.`);
  return shape;
}

function kidOf(header: string): unknown {
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: unknown }).kid;
}

/** By the checks that whoever reads it makes, with the signature in its place. */
async function assertWhole(
  folder: string,
  { files, digests }: Pick<Awaited<ReturnType<typeof readEvidenceFolder>>, 'files' | 'digests'>,
  signature: { readonly name: string; readonly content: string },
): Promise<void> {
  const root = files[0]?.path.split('/').slice(0, 3).join('/') ?? '';
  const path = `${root}/${signature.name}`;
  const others = files.filter((file) => file.path !== path);
  const { found, problems } = await readFiles({ files: [...others, { path, content: signature.content }], digests });
  const artifact = found[0]?.artifact;
  const fault = artifact?.kind === 'SIGNED_EVIDENCE' ? artifact.packageFault : (problems[0]?.reason ?? 'it is none');
  if (fault !== null) throw new StartupError(`${folder} can't be signed: ${fault}`);
}

function toText(content: ArtifactFile['content']): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
