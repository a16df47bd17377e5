/** Two repositories of a maker of infusion pumps: one well covered, one with gaps worth finding. */
import { createPrivateKey, createPublicKey, createHash, sign } from 'node:crypto';
import type { Transaction } from '../../subgraphs/kernel/db/index.js';
import { artefacts, repositories, type DemoArtefact, type DemoRepository } from './artefacts.js';
import { at, idOf, insertRows, sha256, type Row } from './rows.js';

const keyId = 'demo-2026';
/** Ed25519 from a fixed seed: the signatures are genuine, and the same on every machine. It signs nothing but the demo. */
const signingKey = createPrivateKey({
  key: Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    createHash('sha256').update('weft demo signing key').digest(),
  ]),
  format: 'der',
  type: 'pkcs8',
});

export async function seedTraceability(tx: Transaction): Promise<void> {
  await insertRows(tx, 'traceability.repositories', repositories.map(repositoryRow));
  await insertRows(tx, 'traceability.scans', repositories.map(scanRow));
  await insertRows(tx, 'traceability.trusted_keys', repositories.map(trustedKeyRow));
  await insertRows(tx, 'traceability.system_contexts', repositories.map(systemContextRow));
  await insertRows(tx, 'traceability.requirements', ofKind('REQ').map(requirementRow));
  await insertRows(tx, 'traceability.user_stories', ofKind('US').map(userStoryRow));
  await insertRows(tx, 'traceability.specs', ofKind('SPEC').map(specificationRow));
  await insertRows(tx, 'traceability.evidence', ofKind('EV').map(evidenceRow));
  await insertRows(tx, 'traceability.traceability_links', artefacts.filter((one) => one.parent !== null).map(linkRow));
}

function ofKind(kind: DemoArtefact['kind']): DemoArtefact[] {
  return artefacts.filter((artefact) => artefact.kind === kind);
}

export function artefactId(repository: string, gxpId: string): string {
  return idOf(`${repository} ${gxpId}`);
}

function repositoryRow({ owner, repo, name, day }: DemoRepository): Row {
  return {
    id: idOf(`${owner}/${repo}`),
    name,
    git_url: `https://github.com/${owner}/${repo}.git`,
    owner,
    repo,
    created_at: at(day),
    last_scanned_at: at(day + 30),
  };
}

function scanRow({ owner, repo, commitSha, day }: DemoRepository): Row {
  const found = artefacts.filter((artefact) => artefact.repository === `${owner}/${repo}`);
  const count = (kind: string): number => found.filter((artefact) => artefact.kind === kind).length;
  return {
    id: idOf(`scan ${owner}/${repo}`),
    repository_id: idOf(`${owner}/${repo}`),
    status: 'completed',
    commit_sha: commitSha,
    branch: 'main',
    requested_by: 'jana.novak',
    started_at: at(day + 30),
    completed_at: at(day + 30, 0, 1),
    duration_ms: 840,
    artifacts_found: {
      system_contexts: 1,
      requirements: count('REQ'),
      user_stories: count('US'),
      specs: count('SPEC'),
      evidence: count('EV'),
    },
    created_count: found.length + 1,
  };
}

function trustedKeyRow({ owner, repo, day }: DemoRepository): Row {
  return {
    id: idOf(`key ${owner}/${repo}`),
    repository_id: idOf(`${owner}/${repo}`),
    kid: keyId,
    algorithm: 'EdDSA',
    jwk: { ...createPublicKey(signingKey).export({ format: 'jwk' }), kid: keyId, alg: 'EdDSA', use: 'sig' },
    added_by: 'jana.novak',
    created_at: at(day),
  };
}

function systemContextRow({ owner, repo, name, intendedUse }: DemoRepository): Row {
  return {
    id: idOf(`context ${owner}/${repo}`),
    repository_id: idOf(`${owner}/${repo}`),
    gxp_id: 'SYS-001',
    project_name: name,
    version: '2.1.0',
    gxp_risk_rating: 'HIGH',
    validation_status: 'APPROVED',
    intended_use: intendedUse,
    regulatory_context: 'IEC 62304 class C, 21 CFR Part 11, EU MDR Annex I',
    markdown_content: `# ${name}\n\n${intendedUse}\n`,
    path: '.gxp/system_context.md',
  };
}

function commonColumns(artefact: DemoArtefact): Row {
  return {
    id: artefactId(artefact.repository, artefact.gxpId),
    repository_id: idOf(artefact.repository),
    gxp_id: artefact.gxpId,
    title: artefact.title,
    validation_status: artefact.status,
    path: `.gxp/${artefact.gxpId}.${artefact.kind === 'EV' ? 'jws' : 'md'}`,
    content_hash: sha256(`${artefact.title}\n${artefact.text}`),
    created_at: at(30),
  };
}

function documentColumns(artefact: DemoArtefact): Row {
  return {
    ...commonColumns(artefact),
    markdown_content: `# ${artefact.title}\n\n${artefact.text}\n`,
    fingerprint: fingerprintOf(artefact),
  };
}

function requirementRow(artefact: DemoArtefact): Row {
  return {
    ...documentColumns(artefact),
    gxp_risk_rating: artefact.risk ?? 'MEDIUM',
    description: artefact.text,
    acceptance_criteria: artefact.criteria ?? [],
  };
}

function userStoryRow(artefact: DemoArtefact): Row {
  return {
    ...documentColumns(artefact),
    parent_id: artefact.parent,
    as_a: artefact.asA ?? 'nurse',
    i_want: artefact.text,
    so_that: artefact.soThat ?? 'the patient gets the dose that was prescribed',
    acceptance_criteria: artefact.criteria ?? [],
    status: artefact.status === 'DRAFT' ? 'IN_PROGRESS' : 'IMPLEMENTED',
  };
}

function specificationRow(artefact: DemoArtefact): Row {
  return {
    ...documentColumns(artefact),
    parent_id: artefact.parent,
    verification_tier: artefact.tier ?? 'OQ',
    design_approach: artefact.text,
    source_files: artefact.sources ?? [],
    test_files: (artefact.sources ?? []).map((path) => path.replace(/^src\/(.+)\.ts$/, 'test/$1.test.ts')),
    assurance_status: artefact.status,
  };
}

function evidenceRow(artefact: DemoArtefact): Row {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = { gxp_id: artefact.gxpId, title: artefact.title, parent_id: artefact.parent, result: artefact.text };
  const signed = `${encode({ alg: 'EdDSA', kid: artefact.keyId ?? keyId })}.${encode(payload)}`;
  const signature = sign(null, Buffer.from(signed), signingKey).toString('base64url');
  const trusted = artefact.keyId === undefined;
  return {
    ...commonColumns(artefact),
    parent_id: artefact.parent,
    jws_payload: payload,
    jws_signature: signature,
    jws_source: `${signed}.${signature}`,
    jws_algorithm: 'EdDSA',
    jws_key_id: artefact.keyId ?? keyId,
    signature_verified: trusted ? true : null,
    verification_reason: trusted
      ? 'The signature is genuine.'
      : `No trusted key of this repository has the id ${artefact.keyId}.`,
    verified_at: at(30),
  };
}

function linkRow(artefact: DemoArtefact): Row {
  const parent = artefacts.find((one) => one.gxpId === artefact.parent && one.repository === artefact.repository);
  const types = { REQ: 'REQ_TO_US', US: 'REQ_TO_US', SPEC: 'US_TO_SPEC', EV: 'SPEC_TO_EVIDENCE' };
  const status = parent === undefined ? 'ORPHANED' : artefact.suspect === true ? 'SUSPECT' : 'COVERED';
  return {
    id: idOf(`link ${artefact.repository} ${artefact.gxpId}`),
    repository_id: idOf(artefact.repository),
    source_id: artefact.parent,
    target_id: artefact.gxpId,
    link_type: types[artefact.kind],
    is_valid: parent !== undefined,
    status,
    source_repository_id: parent === undefined ? null : idOf(artefact.repository),
    parent_fingerprint:
      parent === undefined ? null : status === 'SUSPECT' ? sha256('an earlier text') : fingerprintOf(parent),
    suspect_since: status === 'SUSPECT' ? at(30) : null,
    created_at: at(30),
  };
}

function fingerprintOf(artefact: DemoArtefact): string {
  return sha256(JSON.stringify([artefact.title, artefact.text, artefact.criteria ?? []]));
}
