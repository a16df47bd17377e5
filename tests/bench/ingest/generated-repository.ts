/** A repository of any size: requirements with two stories each, two specifications to a story, evidence to three of four of these. */
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { ScanFileInput } from '../../../subgraphs/traceability/index.js';

export interface GeneratedRepository {
  readonly files: ScanFileInput[];
  readonly publicJwk: JWK;
  /** The same files, every hundredth with another text. */
  readonly edited: ScanFileInput[];
}

const prose =
  'The system shall keep every record of a batch attributable, legible, contemporaneous, original and accurate. ';

export async function generateRepository(artifacts: number): Promise<GeneratedRepository> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' };
  const files: ScanFileInput[] = [];
  const id = (prefix: string, n: number): string => `${prefix}-${String(n).padStart(5, '0')}`;
  const requirements = Math.round(artifacts / 10);
  const ratings = ['HIGH', 'MEDIUM', 'LOW'];
  for (let n = 0; n < requirements; n += 1) {
    files.push(markdown(id('REQ', n), `gxp_risk_rating: ${ratings[n % 3] ?? 'LOW'}`));
  }
  for (let n = 0; n < requirements * 2; n += 1) {
    files.push(markdown(id('US', n), `parent_id: ${id('REQ', n >> 1)}`));
  }
  for (let n = 0; n < requirements * 4; n += 1) {
    files.push(markdown(id('SPEC', n), `parent_id: ${id('US', n >> 1)}\nverification_tier: OQ`));
  }
  for (let n = 0; files.length < artifacts; n += 1) {
    const payload = { gxp_id: id('EV', n), parent_id: id('SPEC', n), result: 'passed' };
    const signed = new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({
      alg: 'ES256',
      kid: 'bench',
    });
    files.push({ path: `.gxp/evidence/${payload.gxp_id}.jws`, content: await signed.sign(privateKey) });
  }
  const edited = files.map((file, index) =>
    index % 100 === 0 && file.path.endsWith('.md') ? { ...file, content: `${file.content ?? ''}Edited.\n` } : file,
  );
  return { files, publicJwk, edited };
}

function markdown(gxpId: string, fields: string): ScanFileInput {
  const front = `gxp_id: ${gxpId}\ntitle: "${gxpId}: keeping records"\n${fields}`;
  return { path: `.gxp/${gxpId}.md`, content: `---\n${front}\n---\n\n# ${gxpId}\n\n${prose.repeat(8)}\n` };
}
