/** Evidence packages: folders of files under a signed manifest, and the four checks that say whether one is still whole. */
import { createHash } from 'node:crypto';
import type { EvidenceFile, JsonObject, JsonValue, SignedEvidenceArtifact } from './artifact-types.js';
import { isArtifactId } from './artifact-kinds.js';
import { evidenceEdges } from './evidence-files.js';
import { criteriaOfPayload, resultOfPayload, type EvidenceResult, type TestPart } from './evidence-result.js';
import { sha256Of, subjectOfPayload } from './evidence-subject.js';
import { checkRelativePath, contentHashOf, readText, type ArtifactFile } from './file-text.js';
import { checkStorable } from './json-values.js';
import { decodeJsonPart, parseJws, toCanonicalJws, type JwsShape } from './jws-shape.js';
import { createProblemSink, quoted, type Problem, type ProblemSink } from './problems.js';
import { findValue, verificationTiers } from './values.js';

/** A file as far as a manifest speaks of it; its content is known only where a scan needed it. */
export interface PackageFile {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly content: ArtifactFile['content'] | null;
}

export interface PackageFolder {
  /** Where it stands, without a slash at its end. */
  readonly path: string;
  /** By their path inside the folder. */
  readonly files: ReadonlyMap<string, PackageFile>;
}

export interface ReadPackage {
  /** Null when there is nothing that could be verified: the folder's problems say why. */
  readonly artifact: SignedEvidenceArtifact | null;
  /** SHA-256, hex, over all files with their paths: changes with any of them. */
  readonly contentHash: string;
  readonly problems: readonly Problem[];
}

export const manifestName = 'manifest.json';
/** RFC-001's name first; drafts before the third signed under the other. */
export const signatureNames = ['signature.jws', 'manifest.jws'] as const;
export const metadataName = 'metadata.json';
const testResultNames = ['artifacts/test-results.json', 'test-results.json'] as const;
/** More than any package in the open; each is a row. */
const maxFiles = 5_000;

/** The files of a package whose content a scan reads: all others it knows by their hashes alone. */
export function isReadFromPackage(pathInside: string): boolean {
  return [manifestName, metadataName, ...signatureNames, ...testResultNames].some((name) => name === pathInside);
}

/**
 * The folders that are packages: those below `.gxp/evidence/` that hold a manifest or a signature of one. A package
 * inside a package belongs to the outer one.
 */
export function findPackageFolders(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const folder = /^((?:.*\/)?\.gxp\/evidence\/.+)\/(?:manifest\.json|signature\.jws|manifest\.jws)$/.exec(path)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].filter((folder) => !isBelowAny(folder, folders)).sort();
}

/** The package that a path belongs to; undefined when to none. */
export function packageOf(path: string, folders: ReadonlySet<string>): string | undefined {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end);
    if (folders.has(folder)) return folder;
  }
  return undefined;
}

function isBelowAny(folder: string, folders: ReadonlySet<string>): boolean {
  return packageOf(folder, folders) !== undefined;
}

/**
 * Reads a package and makes its checks in their order: manifest and signature are there; the signature is over this
 * manifest; each listed file is there with its hash; no other file is there. Whether the signature is genuine is judged
 * later, by keys. A package that fails a check is evidence all the same, and `packageFault` refutes it.
 */
export function readEvidencePackage(folder: PackageFolder): ReadPackage {
  const sink = createProblemSink(`${folder.path}/${manifestName}`);
  const artifact = read(folder, sink);
  return { artifact, contentHash: hashOf(folder), problems: sink.problems };
}

function read(folder: PackageFolder, sink: ProblemSink): SignedEvidenceArtifact | null {
  const manifest = contentOf(folder, manifestName);
  const signatureName = signatureNames.find((name) => contentOf(folder, name) !== null);
  if (manifest === null || signatureName === undefined) {
    const missing = manifest === null ? manifestName : signatureNames[0];
    const reason = folder.files.has(missing)
      ? `The ${missing} of the evidence package was not read: it is larger than an artifact may be.`
      : `The evidence package has no ${missing}: it proves nothing.`;
    sink.reject('PACKAGE_INCOMPLETE', 1, reason);
    return null;
  }
  const signatureFile = { path: `${folder.path}/${signatureName}`, content: contentOf(folder, signatureName) ?? '' };
  const signed = readSigned({ path: sink.path, content: manifest }, signatureFile, sink);
  if (signed === null) return null;
  const { shape, payload } = signed;
  const gxpId = idOf(payload, 'package_id') ?? idOf(payload, 'gxp_id') ?? lastSegment(folder.path);
  if (!isArtifactId(gxpId)) {
    sink.reject('INVALID_ID', 1, `${quoted(gxpId)} is not an id: letters, digits, dot, dash, at most 100 characters.`);
    return null;
  }
  const listing = listFiles(payload);
  const fault = signed.fault ?? (typeof listing === 'string' ? listing : checkFiles(listing, folder, signatureName));
  if (fault !== null) sink.flag('PACKAGE_ALTERED', 1, fault);
  const listed = typeof listing === 'string' ? [] : listing;
  const metadata = readListed(metadataName, listed, folder);
  const { parentId, ...more } = evidenceEdges(idOf(payload, 'spec_id'), {
    ...(isObject(metadata) && { traced_user_story: metadata.traced_user_story ?? null }),
    ...payload,
  });
  return {
    kind: 'SIGNED_EVIDENCE',
    gxpId,
    title: `Evidence package for ${parentId ?? gxpId}`,
    parentId,
    path: sink.path,
    idLine: 1,
    parentLine: 1,
    verificationTier: typeof payload.tier === 'string' ? (findValue(payload.tier, verificationTiers) ?? null) : null,
    validationStatus: 'DRAFT',
    jws: toCanonicalJws(shape),
    jwsPayload: payload,
    result: resultOf(payload, listed, folder),
    criteria: criteriaOfPayload(payload),
    storyId: idOf(payload, 'traced_user_story') ?? (isObject(metadata) ? idOf(metadata, 'traced_user_story') : null),
    subject: subjectOfPayload(payload, isObject(metadata) ? metadata : {}),
    jwsSignature: shape.signatures.map((each) => each.signature).join('.'),
    packageFault: fault,
    files: listed,
    ...more,
  };
}

interface Signed {
  readonly shape: JwsShape;
  /** What was signed. */
  readonly payload: JsonObject;
  /** What differs between the manifest that lies there and the one that was signed. */
  readonly fault: string | null;
}

/** The signature with what it is over: its own payload, or the manifest's bytes where the payload is left out. */
function readSigned(manifestFile: ArtifactFile, signatureFile: ArtifactFile, sink: ProblemSink): Signed | null {
  const manifestText = readText(manifestFile, sink);
  const signatureText = readText(signatureFile, sink);
  if (manifestText === null || signatureText === null) return null;
  const shape = parseJws(attached(signatureText, manifestFile.content));
  if (typeof shape === 'string') {
    sink.reject('INVALID_JWS', 1, `${lastSegment(signatureFile.path)} is not a JSON Web Signature: ${shape}.`);
    return null;
  }
  const payload = decodeJsonPart(shape.payload) as JsonObject | null;
  const unstorable = payload === null ? null : checkStorable(payload);
  if (payload === null || unstorable !== null) {
    const reason = unstorable === null ? 'is not a JSON object in UTF-8' : unstorable.reason;
    sink.reject(unstorable?.code ?? 'INVALID_JSON', 1, `The signed manifest ${reason}.`);
    return null;
  }
  return { shape, payload, fault: compareManifests(manifestText, payload) };
}

/** A detached signature (RFC 7515, appendix F) with its payload put in; any other as it is. */
function attached(signature: string, manifest: ArtifactFile['content']): string {
  const detached = /^([\w-]+)\.\.([\w-]+)$/.exec(signature.trim());
  if (detached === null) return signature;
  return [detached[1], Buffer.from(manifest).toString('base64url'), detached[2]].join('.');
}

/** Claims about the signing that the manifest itself does not have. */
const signingClaims = new Set(['iat', 'exp', 'nbf', 'jti', 'iss', 'sub', 'aud']);

function compareManifests(text: string, signed: JsonObject): string | null {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return 'manifest.json is not JSON, and so not what was signed.';
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    return 'manifest.json is not what was signed.';
  }
  const written = manifest as JsonObject;
  const names = new Set([...Object.keys(written), ...Object.keys(signed).filter((name) => !signingClaims.has(name))]);
  for (const name of names) {
    if (!Object.hasOwn(written, name) || !Object.hasOwn(signed, name) || !isEqual(written[name], signed[name]))
      return `manifest.json is not what was signed: ${quoted(name)} differs.`;
  }
  return null;
}

/** Deep equality that does not care for the order of keys. Depth was bounded when the payload was read. */
function isEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as JsonObject, b as JsonObject];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key], right[key]))
  );
}

/** What a manifest lists, or what is wrong with its list. */
function listFiles(payload: JsonObject): readonly EvidenceFile[] | string {
  const { files } = payload;
  if (!Array.isArray(files)) return 'The manifest lists no files.';
  if (files.length > maxFiles) return `The manifest lists more than ${maxFiles} files.`;
  const listed = new Map<string, EvidenceFile>();
  for (const [index, entry] of (files as readonly JsonValue[]).entries()) {
    const file = toFile(entry);
    if (typeof file === 'string') return `Entry ${index + 1} of the manifest ${file}.`;
    if (listed.has(file.path)) return `The manifest lists ${quoted(file.path)} twice.`;
    listed.set(file.path, file);
  }
  return [...listed.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function toFile(entry: JsonValue): EvidenceFile | string {
  if (!isObject(entry)) return 'is not an object';
  const { path, sha256, hash, size_bytes: sizeBytes, size } = entry;
  if (typeof path !== 'string') return 'has no path';
  const fault = checkRelativePath(path);
  if (fault !== null) return `leads out of the package: ${fault}`;
  const hex = sha256Of(typeof sha256 === 'string' ? sha256 : hash);
  if (hex === null) return `has no SHA-256 hash for ${quoted(path)}`;
  const bytes = sizeBytes ?? size;
  const isSize = typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0;
  return { path: path.replace(/^(?:\.\/)+/, ''), sha256: hex, sizeBytes: isSize ? bytes : null };
}

function checkFiles(listed: readonly EvidenceFile[], folder: PackageFolder, signatureName: string): string | null {
  for (const { path, sha256, sizeBytes } of listed) {
    const file = folder.files.get(path);
    if (file === undefined) return `${quoted(path)} is listed, and missing.`;
    if (file.sha256 !== sha256) return `${quoted(path)} was changed after it was signed: its hash is another.`;
    if (sizeBytes !== null && sizeBytes !== file.sizeBytes) return `${quoted(path)} has another size than is listed.`;
  }
  const known = new Set([...listed.map(({ path }) => path), manifestName, signatureName]);
  const added = [...folder.files.keys()].sort().find((path) => !known.has(path));
  return added === undefined ? null : `${quoted(added)} is not listed: it was added after the signing.`;
}

/** The manifest's own words, and every file of test results that it vouches for: the worst counts. */
function resultOf(payload: JsonObject, listed: readonly EvidenceFile[], folder: PackageFolder): EvidenceResult {
  const tests: TestPart[] = [];
  for (const path of testResultNames) {
    const value = readListed(path, listed, folder);
    if (value === undefined) continue;
    if (value === null) return { result: 'UNKNOWN', reason: `${path} can't be read: it is no JSON, or too large.` };
    tests.push({ name: path, value });
  }
  return resultOfPayload(payload, tests);
}

/**
 * The JSON of a file that the manifest vouches for; null when it can't be read, undefined when it isn't listed. What is
 * missing or was changed counts as not listed: it has refuted the package already.
 */
function readListed(path: string, listed: readonly EvidenceFile[], folder: PackageFolder): JsonValue | undefined {
  const file = folder.files.get(path);
  if (file === undefined || !listed.some((each) => each.path === path && each.sha256 === file.sha256)) return undefined;
  return file.content === null ? null : readJson({ path, content: file.content });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(file: ArtifactFile): JsonValue | null {
  const text = readText(file, createProblemSink(file.path));
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as JsonValue;
    return checkStorable(value) === null ? value : null;
  } catch {
    return null;
  }
}

function idOf(payload: JsonObject, name: string): string | null {
  const value = payload[name];
  return typeof value === 'string' && isArtifactId(value) ? value : null;
}

function contentOf(folder: PackageFolder, name: string): ArtifactFile['content'] | null {
  return folder.files.get(name)?.content ?? null;
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function hashOf(folder: PackageFolder): string {
  const lines = [...folder.files].map(([path, { sha256 }]) => `${sha256}  ${path}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** A file whose content is at hand, as a package knows it. */
export function toPackageFile(file: ArtifactFile): PackageFile {
  const sizeBytes = typeof file.content === 'string' ? Buffer.byteLength(file.content) : file.content.byteLength;
  return { sha256: contentHashOf(file), sizeBytes, content: file.content };
}
