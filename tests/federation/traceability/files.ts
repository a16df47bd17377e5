/** Artifact files for tests, as an author writes them. */
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { ScanFileInput } from '../../../subgraphs/traceability/index.js';

function markdown(gxpId: string, fields: Record<string, string>, body: string): ScanFileInput {
  const front = Object.entries({ gxp_id: gxpId, ...fields }).map(([name, value]) => `${name}: ${value}`);
  return { path: `.gxp/${gxpId}.md`, content: `---\n${front.join('\n')}\n---\n${body}\n` };
}

export function requirement(
  gxpId: string,
  { risk = 'LOW', body = 'The system shall.', ...fields }: Record<string, string> = {},
) {
  return markdown(gxpId, { title: `Requirement ${gxpId}`, gxp_risk_rating: risk, ...fields }, body);
}

export function story(
  gxpId: string,
  parent: string | null,
  { body = 'As told.', ...fields }: Record<string, string> = {},
) {
  return markdown(gxpId, { title: `Story ${gxpId}`, ...(parent !== null && { parent_id: parent }), ...fields }, body);
}

export function spec(gxpId: string, parent: string, { body = 'As designed.', ...fields }: Record<string, string> = {}) {
  return markdown(
    gxpId,
    { title: `Specification ${gxpId}`, parent_id: parent, verification_tier: 'OQ', ...fields },
    body,
  );
}

export interface Signer {
  readonly publicJwk: JWK;
  /** A compact JWS evidence file. */
  evidence(gxpId: string, parent: string, claims?: Record<string, unknown>): Promise<ScanFileInput>;
}

export async function createSigner(kid: string, algorithm = 'ES256'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm };
  return {
    publicJwk,
    evidence: async (gxpId, parent, claims = {}) => {
      const payload = { gxp_id: gxpId, parent_id: parent, result: 'passed', ...claims };
      const content = await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg: algorithm, kid })
        .sign(privateKey);
      return { path: `.gxp/evidence/${gxpId}.jws`, content };
    },
  };
}
