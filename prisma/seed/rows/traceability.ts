/** Repositories, their scans push by push, and their artifacts as a scan of the last push finds them. */
import {
  checkPublicKey,
  criteriaOf,
  freshnessOfArtifact,
  verifySignature,
  type Artifact,
  type FoundArtifact,
  type PublicKey,
} from '../../../subgraphs/traceability/domain/index.js';
import { toRow, type Verification } from '../../../subgraphs/traceability/repository/ingest/artifact-rows.js';
import { at } from '../calendar.js';
import type { RepositoryStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';
import { artifactId, artifactTypes, hashOf } from './artifact-names.js';
import { artifactsOf, type Told } from './artifacts.js';
import { tellCoverage } from './coverage.js';
import { tellLinks } from './links.js';
import { commitsOf, pushAt, type Push } from './pushes.js';
import { tellScans } from './scans.js';
import { publicJwkOf, signingKeys } from './signing-keys.js';

export async function tellTraceability(story: RepositoryStory, rows: RowSet): Promise<void> {
  const { fullName, name, registeredOn } = story;
  const [owner = '', repo = ''] = fullName.split('/');
  const pushes = commitsOf(story);
  const lead = people[story.lead].subject;
  const gitUrl = `https://github.com/${fullName}.git`;
  rows.add('traceability.repositories', {
    id: idOf(fullName),
    name,
    git_url: gitUrl,
    owner,
    repo,
    created_at: at(registeredOn),
    updated_at: pushes.at(-1)?.at ?? at(registeredOn),
    last_scanned_at: pushes.at(-1)?.at ?? null,
  });
  const about = { type: 'Repository', key: fullName, repository: fullName, user: lead };
  const details = { gitUrl, defaultBranch: 'main' };
  rows.note({ ...about, at: at(registeredOn), action: 'repositoryRegistered', details });
  tellKeys(story, rows, lead);
  const told = artifactsOf(story);
  tellScans(story, pushes, told, rows);
  const keys = await trustedKeys();
  const verdicts = new Map<string, Verification>();
  const specifications = new Map(
    told.flatMap(({ artifact }) => (artifact.kind === 'SPECIFICATION' ? [[artifact.gxpId, artifact]] : [])),
  );
  for (const each of told) {
    const pushed = pushAt(pushes, each.since);
    const verification = await verify(each.artifact, keys, pushed);
    if (verification !== null) verdicts.set(each.artifact.gxpId, verification);
    tellArtifact(
      story,
      pushes,
      { ...each, freshness: freshnessOfArtifact(each.artifact, specifications, null) },
      verification,
      rows,
    );
  }
  tellLinks(story, pushes, told, verdicts, rows);
  tellCoverage(story, pushes, told, verdicts, rows);
}

function tellKeys({ fullName, registeredOn }: RepositoryStory, rows: RowSet, lead: string): void {
  for (const key of signingKeys) {
    const id = idOf(`key ${fullName} ${key.kid}`);
    const added = at(key.since < registeredOn ? registeredOn : key.since, '08:05');
    rows.add('traceability.trusted_keys', {
      id,
      repository_id: idOf(fullName),
      kid: key.kid,
      algorithm: 'EdDSA',
      jwk: publicJwkOf(key),
      added_by: lead,
      created_at: added,
    });
    const details = { kid: key.kid, algorithm: 'EdDSA', reverifiedCount: 0 };
    const about = { type: 'TrustedKey', key: id, repository: fullName };
    rows.note({ ...about, at: added, user: lead, action: 'trustedKeyAdded', details });
  }
}

let checkedKeys: Promise<readonly PublicKey[]> | undefined;

function trustedKeys(): Promise<readonly PublicKey[]> {
  checkedKeys ??= Promise.all(signingKeys.map((key) => checkPublicKey(publicJwkOf(key)))).then((checks) =>
    checks.map(({ key, reason }) => {
      if (key === null) throw new Error(`a signing key of the demo is refused: ${reason}`);
      return key;
    }),
  );
  return checkedKeys;
}

/** The domain's own verdict; nothing here says that a signature is good. */
async function verify(artifact: Artifact, keys: readonly PublicKey[], push: Push): Promise<Verification | null> {
  if (artifact.kind !== 'SIGNED_EVIDENCE') return null;
  const verifiedAt = new Date(push.at);
  return { verdict: await verifySignature(artifact.jws, keys, { now: verifiedAt }), verifiedAt };
}

function tellArtifact(
  { fullName }: RepositoryStory,
  pushes: readonly Push[],
  { artifact, since, before, reviewed, freshness }: Told & Pick<FoundArtifact, 'freshness'>,
  verification: Verification | null,
  rows: RowSet,
): void {
  const { type, table } = artifactTypes[artifact.kind];
  const id = artifactId(fullName, artifact.gxpId);
  const contentHash = hashOf(artifact);
  const changedAt = [pushAt(pushes, before?.on ?? since).at, ...(reviewed ? [at(reviewed.on, '14:00')] : [])];
  rows.add(table, {
    id,
    repository_id: idOf(fullName),
    ...toRow({ artifact, contentHash, isDuplicate: false, freshness, missingFiles: null }, verification),
    validation_status: reviewed?.to ?? artifact.validationStatus,
    created_at: pushAt(pushes, since).at,
    ...(artifact.kind === 'REQUIREMENT' && { text_changed_at: pushAt(pushes, before?.on ?? since).at }),
    updated_at: changedAt.sort().at(-1),
  });
  tellCriteria(fullName, artifact, pushAt(pushes, since).at, rows);
  if (reviewed === undefined) return;
  rows.note({
    at: at(reviewed.on, '14:00'),
    user: people[reviewed.by].subject,
    type,
    key: id,
    repository: fullName,
    action: 'validationStatusChanged',
    details: { validationStatus: [reviewed.from, reviewed.to], contentHash, note: reviewed.note },
  });
}

function tellCriteria(fullName: string, artifact: Artifact, createdAt: string, rows: RowSet): void {
  if (artifact.kind !== 'REQUIREMENT' && artifact.kind !== 'USER_STORY') return;
  const id = artifactId(fullName, artifact.gxpId);
  for (const { position, label, text, textKey } of criteriaOf(artifact)) {
    rows.add('traceability.acceptance_criteria', {
      id: idOf(`criterion ${fullName} ${artifact.gxpId} ${position}`),
      repository_id: idOf(fullName),
      ...(artifact.kind === 'REQUIREMENT' ? { requirement_id: id } : { user_story_id: id }),
      artifact_gxp_id: artifact.gxpId,
      position,
      label,
      text,
      text_key: textKey,
      created_at: createdAt,
    });
  }
}
