import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import type { ArtifactFile, FileDigest, Problem } from '../../subgraphs/traceability/domain/index.js';
import { listCandidates, listPackage } from './list-candidates.js';
import { readEntries } from './read-entries.js';

export interface EvidenceFolder {
  readonly files: readonly ArtifactFile[];
  readonly digests: readonly FileDigest[];
  /** Of files that could not be read. */
  readonly problems: readonly Problem[];
}

/**
 * The files of a folder as a scan would read them, without git. A folder that is one package is read as such wherever it
 * stands: its files get the paths that they would have in a repository.
 */
export async function readEvidenceFolder(folder: string): Promise<EvidenceFolder> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) throw new StartupError(`${folder} is not a folder.`);
  const isPackage = await isOnePackage(folder);
  const prefix = isPackage ? `.gxp/evidence/${basename(resolve(folder))}/` : '';
  const files: ArtifactFile[] = [];
  const digests: FileDigest[] = [];
  const problems: Problem[] = [];
  const candidates = isPackage ? await listPackage(folder) : await listCandidates(folder, false);
  for await (const { file, digest, problem } of readEntries(folder, candidates)) {
    if (file !== null) files.push({ ...file, path: prefix + file.path });
    else if (problem === null) digests.push({ ...digest, path: prefix + digest.path });
    else problems.push(problem);
  }
  return { files, digests, problems };
}

async function isOnePackage(folder: string): Promise<boolean> {
  for (const name of ['manifest.json', 'signature.jws', 'manifest.jws']) {
    if ((await stat(join(folder, name)).catch(() => null))?.isFile() === true) return true;
  }
  return false;
}
