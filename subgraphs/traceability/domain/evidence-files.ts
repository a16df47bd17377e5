import type { DeclaredEdge, JsonObject, SignedEvidenceArtifact } from './artifact-types.js';
import { isArtifactId, kindOfId } from './artifact-kinds.js';
import { criteriaOfPayload, resultOfPayload } from './evidence-result.js';
import { subjectOfPayload } from './evidence-subject.js';
import { checkStorable } from './json-values.js';
import { decodeJsonPart, parseJws, toCanonicalJws } from './jws-shape.js';
import { quoted, type ProblemSink } from './problems.js';
import { findValue, textLimits, validationStatuses, validationStatusSynonyms, verificationTiers } from './values.js';

/**
 * Reads a JWS evidence file without judging its signature: what it claims to be, and the exact JWS to verify.
 * Null when rejected. The payload is one line of base64url, so every problem is on line 1.
 */
export function parseEvidenceFile(text: string, sink: ProblemSink): SignedEvidenceArtifact | null {
  const shape = parseJws(text);
  if (typeof shape === 'string') {
    sink.reject('INVALID_JWS', 1, `Not a JSON Web Signature: ${shape}.`);
    return null;
  }
  const payload = decodeJsonPart(shape.payload) as JsonObject | null;
  if (payload === null) {
    sink.reject('INVALID_JSON', 1, 'The signed payload is not a JSON object in UTF-8.');
    return null;
  }
  const fault = checkStorable(payload);
  if (fault !== null) {
    sink.reject(fault.code, 1, `The signed payload ${fault.reason}.`);
    return null;
  }
  const gxpId = readId(payload, 'gxp_id', sink);
  // Evidence generators write the specification as spec_id; parent_id is this project's general word.
  const named = readId(payload, payload.parent_id === undefined ? 'spec_id' : 'parent_id', sink);
  const { parentId, ...more } = evidenceEdges(named, payload);
  if (gxpId === null) sink.reject('MISSING_FIELD', 1, 'The signed payload has no gxp_id, the id of the evidence.');
  const title = readTitle(payload, sink);
  const verificationTier = readOneOf(payload, 'verification_tier', verificationTiers, sink);
  const validationStatus =
    readOneOf(payload, 'validation_status', validationStatuses, sink, validationStatusSynonyms) ?? 'DRAFT';
  if (gxpId === null || sink.rejected) return null;
  return {
    kind: 'SIGNED_EVIDENCE',
    gxpId,
    title: title ?? (parentId === null ? gxpId : `Evidence for ${parentId}`),
    parentId,
    path: sink.path,
    idLine: 1,
    parentLine: 1,
    verificationTier,
    validationStatus,
    jws: toCanonicalJws(shape),
    jwsPayload: payload,
    result: resultOfPayload(payload),
    criteria: criteriaOfPayload(payload),
    storyId: isArtifactId(String(payload.traced_user_story ?? '')) ? String(payload.traced_user_story) : null,
    subject: subjectOfPayload(payload),
    jwsSignature: shape.signatures.map((each) => each.signature).join('.'),
    packageFault: null,
    files: [],
    ...more,
  };
}

/** Of a list, and of levels above the specification where none is named. More than that is nobody's doing by hand. */
const maxEdges = 200;

/** What evidence says that it is about, beside `named`: lists, and the story or the requirement of what skips levels. */
export function evidenceEdges(
  named: string | null,
  payload: JsonObject,
): { parentId: string | null; edges?: readonly DeclaredEdge[] } {
  const listed = ['verifies', 'satisfies'].flatMap((name) => [payload[name] ?? []].flat());
  const above = named === null && listed.length === 0 ? [payload.traced_user_story, payload.traced_requirement] : [];
  const ids = [...listed, ...above].filter(
    (each): each is string => typeof each === 'string' && isArtifactId(each) && kindOfId(each) !== null,
  );
  const all = [...new Set([...(named === null ? [] : [named]), ...ids])].slice(0, maxEdges);
  const parentId = all.find((id) => kindOfId(id) === 'SPECIFICATION') ?? all[0] ?? null;
  return all.length <= 1
    ? { parentId }
    : { parentId: named ?? parentId, edges: all.map((id) => ({ parentId: id, relation: 'VERIFIES', line: 1 })) };
}

function readId(payload: JsonObject, name: string, sink: ProblemSink): string | null {
  const value = payload[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && isArtifactId(value)) return value;
  if (typeof value === 'string') sink.reject('INVALID_ID', 1, `${name} ${quoted(value)} in the payload is not an id.`);
  else sink.reject('WRONG_TYPE', 1, `${name} in the payload must be one id as text.`);
  return null;
}

function readTitle(payload: JsonObject, sink: ProblemSink): string | null {
  const { title } = payload;
  if (title === undefined || title === null) return null;
  if (typeof title !== 'string') sink.reject('WRONG_TYPE', 1, 'title in the payload must be text.');
  else if (title.length > textLimits.title)
    sink.reject('TOO_LONG', 1, `title has more than ${textLimits.title} characters.`);
  else return title.trim() || null;
  return null;
}

function readOneOf<Value extends string>(
  payload: JsonObject,
  name: string,
  values: readonly Value[],
  sink: ProblemSink,
  synonyms?: Readonly<Record<string, Value>>,
): Value | null {
  const written = payload[name];
  if (written === undefined || written === null) return null;
  const value = typeof written === 'string' ? findValue(written, values, synonyms) : undefined;
  if (value === undefined) {
    const reason = `${name} ${quoted(JSON.stringify(written))} in the payload is not one of ${values.join(', ')}.`;
    sink.reject(typeof written === 'string' ? 'UNKNOWN_VALUE' : 'WRONG_TYPE', 1, reason);
  }
  return value ?? null;
}
