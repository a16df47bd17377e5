import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { parseArtifactFile, type SpecificationArtifact } from '../../subgraphs/traceability/domain/index.js';
import { readCheckout } from '../checkout/index.js';
import { signTestEvidence, type SignedRun } from './sign-test-evidence.js';
import { createSigningKey, readSigningKey } from './signing-key.js';
import { parseTestRun } from './results/test-run.js';

export interface SignCheckoutRequest {
  readonly folder: string;
  /** The file that `jest --json --outputFile=<file>` wrote, run in this folder at this commit. */
  readonly resultsFile: string;
  /** A private key in PEM. Without one, a throw-away key is made, used, and forgotten. */
  readonly keyFile?: string;
  /** Where the public key set goes, relative to the folder. */
  readonly keySetPath?: string;
}

/**
 * Replaces the evidence of a checkout by what a test run proves, and writes the key set that verifies it. Throws a
 * StartupError when the checkout is not exactly its commit.
 */
export async function signCheckout(request: SignCheckoutRequest): Promise<SignedRun> {
  const { folder, keySetPath = '.gxp/keys/test.jwks.json' } = request;
  const run = parseTestRun(await readFile(request.resultsFile, 'utf8'), folder);
  // Evidence names the commit alone: a checkout without a remote will do.
  const checkout = await readCheckout(folder, { repository: 'unnamed/checkout' });
  if (checkout.facts.dirty !== false) {
    throw new StartupError(
      `${folder} has changes that are not committed: the evidence would name a commit that the tests did not run on.`,
    );
  }
  const specifications: SpecificationArtifact[] = [];
  for await (const { file } of checkout.entries) {
    const artifact = file === null ? null : parseArtifactFile(file).artifact;
    if (artifact?.kind === 'SPECIFICATION') specifications.push(artifact);
  }
  const { keyFile } = request;
  const key = await (keyFile === undefined ? createSigningKey() : readSigningKey(await readFile(keyFile, 'utf8')));
  const signed = await signTestEvidence({ run, specifications, commitSha: checkout.facts.commitSha, key });
  const { jwk, kid, algorithm } = key.publicKey;
  const keySet = { keys: [{ ...jwk, kid, alg: algorithm, use: 'sig' }] };
  // Evidence of an older run would be by another key, or of a specification that has no proof any more.
  for (const { gxpId } of signed.refused) await rm(join(folder, `.gxp/evidence/EV-${gxpId}.jws`), { force: true });
  for (const { path, content } of [
    ...signed.files,
    { path: keySetPath, content: `${JSON.stringify(keySet, null, 2)}\n` },
  ]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return signed;
}
