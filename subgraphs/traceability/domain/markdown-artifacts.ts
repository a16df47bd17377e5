import type {
  DeclaredEdge,
  JsonObject,
  JsonValue,
  RequirementArtifact,
  SpecificationArtifact,
  SystemContextArtifact,
  UserStoryArtifact,
} from './artifact-types.js';
import { isArtifactId, kindNames, kindOfId, kindOfTypeName, type ArtifactKind } from './artifact-kinds.js';
import { parentKinds, type ChildKind, type EdgeRelation } from './link-rules.js';
import { createFieldReader, type FieldReader } from './front-matter-fields.js';
import { parseFrontMatter, type FrontMatter } from './front-matter.js';
import { quoted, type ProblemSink } from './problems.js';
import {
  findValue,
  riskRatings,
  textLimits,
  toEnumSpelling,
  userStoryStatuses,
  userStoryStatusSynonyms,
  validationStatuses,
  validationStatusSynonyms,
  verificationTiers,
  type RiskRating,
} from './values.js';

export type MarkdownFileArtifact =
  SystemContextArtifact | RequirementArtifact | UserStoryArtifact | SpecificationArtifact;

/** Reads a Markdown file with front matter into the artifact it declares. Null when rejected, whole otherwise. */
export function parseMarkdownArtifact(text: string, sink: ProblemSink): MarkdownFileArtifact | null {
  const frontMatter = parseFrontMatter(text, sink);
  if (frontMatter === null) return null;
  const fields = createFieldReader(frontMatter, sink);
  if (isGxpMdPath(sink.path)) return readGxpMd(frontMatter, fields, sink);
  const isApex = isSystemContextPath(sink.path);
  // System contexts in the open carry a plain `id`, often a UUID.
  const gxpId = fields.id('gxp_id') ?? (isApex ? fields.id('id') : null);
  if (gxpId === null) {
    if (!sink.rejected) fields.rejectMissing('gxp_id', 'every artifact has an id, such as REQ-001');
    return null;
  }
  const kind = findKind(fields, gxpId, isApex, sink);
  const artifact = kind === null ? null : readArtifact(kind, gxpId, frontMatter, fields, sink);
  return sink.rejected ? null : artifact;
}

function isSystemContextPath(path: string): boolean {
  return /(^|\/)\.gxp\/system_context\.md$/.test(path);
}

/** The compliance instructions at the root of a project: they say what the system is, and what rules apply to it. */
export function isGxpMdPath(path: string): boolean {
  return /^gxp\.md$/i.test(path);
}

/** Null, and rejected, unless it says of which project it is. */
function readGxpMd(frontMatter: FrontMatter, fields: FieldReader, sink: ProblemSink): SystemContextArtifact | null {
  const line = fields.line('project');
  const attributes = fields.rest();
  if (sink.rejected) return null;
  const [project, risk] = [objectOf(attributes.project), objectOf(attributes.risk)];
  const [name, id, version] = [textOf(project.name), textOf(project.id), textOf(project.version)];
  const gxpRiskRating = findValue(textOf(risk.overall) ?? '', riskRatings);
  if (name === null || gxpRiskRating === undefined) {
    const missing = name === null ? 'project.name' : `risk.overall, one of ${riskRatings.join(', ')}`;
    sink.reject('MISSING_FIELD', line, `${missing} is missing: it says what the system is.`);
    return null;
  }
  return {
    kind: 'SYSTEM_CONTEXT',
    gxpId: id !== null && isArtifactId(id) ? id : 'GXP-MD',
    path: sink.path,
    idLine: line,
    projectName: name.slice(0, textLimits.title),
    version: (version ?? textOf(attributes.gxpmd_version) ?? '').slice(0, textLimits.id),
    gxpRiskRating,
    intendedUse: textOf(project.intended_use) ?? textOf(project.description),
    regulatoryContext:
      attributes.regulatory === undefined ? null : fields.textOrStructure('regulatory', textLimits.longText),
    validationStatus: 'DRAFT',
    assuranceStatus: null,
    markdownContent: frontMatter.body.trim() === '' ? null : frontMatter.body,
    attributes,
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function textOf(value: JsonValue | undefined): string | null {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? null : text;
}

function findKind(fields: FieldReader, gxpId: string, isApex: boolean, sink: ProblemSink): ArtifactKind | null {
  const byId = isApex ? 'SYSTEM_CONTEXT' : kindOfId(gxpId);
  const named = (['kind', 'type'] as const)
    .map((name) => ({ name, kind: kindOfTypeName(fields.peek(name) ?? '') }))
    .find((each) => each.kind !== null);
  if (named !== undefined) fields.text(named.name);
  if (named?.kind && byId !== null && named.kind !== byId) {
    const reason = `${named.name} says ${kindNames[named.kind]}, but ${quoted(gxpId)} is the id of a ${kindNames[byId]}.`;
    sink.reject('KIND_MISMATCH', fields.line(named.name), reason);
    return null;
  }
  const kind = named?.kind ?? byId;
  if (kind === null) {
    const reason = `${quoted(gxpId)} does not say what it is: ids start with REQ-, US-, SPEC- or EV-, or "type" names it.`;
    sink.reject('UNKNOWN_KIND', fields.line('gxp_id'), reason);
  }
  return kind;
}

function readArtifact(
  kind: ArtifactKind,
  gxpId: string,
  frontMatter: FrontMatter,
  fields: FieldReader,
  sink: ProblemSink,
): MarkdownFileArtifact | null {
  const base = { gxpId, path: sink.path, idLine: fields.line(fields.peek('gxp_id') === null ? 'id' : 'gxp_id') };
  switch (kind) {
    case 'SYSTEM_CONTEXT':
      return readSystemContext(base, frontMatter, fields);
    case 'REQUIREMENT':
      return readRequirement(base, frontMatter, fields, sink);
    case 'USER_STORY':
      return readUserStory(base, frontMatter, fields);
    case 'SPECIFICATION':
      return readSpecification(base, frontMatter, fields);
    case 'SIGNED_EVIDENCE':
      sink.reject('EVIDENCE_NOT_SIGNED', base.idLine, 'Evidence is a signed JWS file (.jws), not Markdown.');
      return null;
    default:
      return kind satisfies never;
  }
}

interface Base {
  readonly gxpId: string;
  readonly path: string;
  readonly idLine: number;
}

function readSystemContext(base: Base, frontMatter: FrontMatter, fields: FieldReader): SystemContextArtifact | null {
  const projectName = fields.text('project_name', textLimits.title) ?? readTitle(frontMatter, fields);
  const version = fields.text('version', textLimits.id);
  const gxpRiskRating = readRisk(fields);
  const intendedUse = fields.text('intended_use', textLimits.longText);
  const regulatoryContext = fields.textOrStructure('regulatory_context', textLimits.longText);
  if (projectName === null) fields.rejectMissing('project_name', 'give it, a title, or a first heading');
  if (version === null) fields.rejectMissing('version', 'the version of the system that this context describes');
  const rest = readRest(frontMatter, fields);
  if (projectName === null || version === null || gxpRiskRating === null || rest === null) return null;
  return {
    kind: 'SYSTEM_CONTEXT',
    ...base,
    projectName,
    version,
    gxpRiskRating,
    intendedUse,
    regulatoryContext,
    ...rest,
  };
}

function readRequirement(
  base: Base,
  frontMatter: FrontMatter,
  fields: FieldReader,
  sink: ProblemSink,
): RequirementArtifact | null {
  const title = requireTitle(frontMatter, fields);
  const gxpRiskRating = readRisk(fields);
  const description = fields.text('description', textLimits.longText);
  const acceptanceCriteria = fields.list('acceptance_criteria');
  const isOfRequirement = kindOfId(fields.peek('parent_id') ?? '') === 'REQUIREMENT';
  const { edges } = readEdges('REQUIREMENT', isOfRequirement ? fields.id('parent_id') : null, fields);
  if (!isOfRequirement && fields.id('parent_id') !== null) {
    const reason =
      'A requirement is the top of its trace, or part of another one: its parent_id leads nowhere and is not kept.';
    sink.flag('WRONG_PARENT_LEVEL', fields.line('parent_id'), reason);
  }
  const rest = readRest(frontMatter, fields);
  if (title === null || gxpRiskRating === null || rest === null) return null;
  return {
    kind: 'REQUIREMENT',
    ...base,
    title,
    gxpRiskRating,
    description,
    acceptanceCriteria,
    ...rest,
    ...(edges !== undefined && { edges }),
  };
}

function readUserStory(base: Base, frontMatter: FrontMatter, fields: FieldReader): UserStoryArtifact | null {
  const title = requireTitle(frontMatter, fields);
  const story = {
    ...readEdges('USER_STORY', fields.id('parent_id'), fields),
    asA: fields.text('as_a'),
    iWant: fields.text('i_want'),
    soThat: fields.text('so_that'),
    acceptanceCriteria: fields.list('acceptance_criteria'),
    status: fields.oneOf('status', userStoryStatuses, {
      fallback: 'IMPLEMENTED',
      synonyms: userStoryStatusSynonyms,
    }),
  };
  const rest = readRest(frontMatter, fields);
  if (title === null || story.status === null || rest === null) return null;
  return { kind: 'USER_STORY', ...base, title, ...story, status: story.status, ...rest };
}

function readSpecification(base: Base, frontMatter: FrontMatter, fields: FieldReader): SpecificationArtifact | null {
  const title = requireTitle(frontMatter, fields);
  const parent = readEdges('SPECIFICATION', fields.id('parent_id'), fields);
  const verificationTier = fields.oneOf('verification_tier', verificationTiers);
  const designApproach = fields.text('design_approach', textLimits.longText);
  const sourceFiles = fields.paths('source_files');
  const testFiles = fields.paths('test_files');
  const rest = readRest(frontMatter, fields);
  if (title === null || verificationTier === null || rest === null) return null;
  return {
    kind: 'SPECIFICATION',
    ...base,
    title,
    ...parent,
    verificationTier,
    designApproach,
    sourceFiles,
    testFiles,
    ...rest,
  };
}

/** The name of the third version of the templates counts where the older one is absent. */
function readRisk(fields: FieldReader): RiskRating | null {
  const isRenamed = fields.peek('gxp_risk_rating') === null && fields.peek('risk_level') !== null;
  return fields.oneOf(isRenamed ? 'risk_level' : 'gxp_risk_rating', riskRatings);
}

/** Fields that name artifacts, in the order in which they count. They stay among the attributes as they are. */
const edgeFields: readonly (readonly [name: string, relation: EdgeRelation])[] = [
  ['implements', 'IMPLEMENTS'],
  ['satisfies', 'SATISFIES'],
  ['verifies', 'VERIFIES'],
  ['depends_on', 'DEPENDS_ON'],
  ['depends-on', 'DEPENDS_ON'],
  ['derives_from', 'DEPENDS_ON'],
];

/** All that the artifact names, and which of that is its parent. */
function readEdges(
  kind: ChildKind,
  written: string | null,
  fields: FieldReader,
): { parentId: string | null; parentLine: number; edges?: readonly DeclaredEdge[] } {
  const byId = new Map<string, DeclaredEdge>();
  const parentLine = fields.line('parent_id');
  if (written !== null) byId.set(written, { parentId: written, relation: 'PARENT', line: parentLine });
  for (const [name, relation] of edgeFields) {
    for (const parentId of fields.peekIds(name)) {
      const known = byId.get(parentId)?.relation;
      // A word of the author's own says more than parent_id.
      if (known !== undefined && (known !== 'PARENT' || relation === 'DEPENDS_ON')) continue;
      byId.set(parentId, { parentId, relation, line: fields.line(name) });
    }
  }
  const edges = [...byId.values()].sort(
    (a, b) => Number(a.relation === 'DEPENDS_ON') - Number(b.relation === 'DEPENDS_ON'),
  );
  const parent =
    written ??
    parentKinds(kind, 'PARENT')
      .flatMap((level) => edges.filter((each) => each.relation !== 'DEPENDS_ON' && kindOfId(each.parentId) === level))
      .at(0)?.parentId ??
    null;
  const isParentAlone =
    edges.length === 0 || (edges.length === 1 && edges[0]?.relation === 'PARENT' && kind !== 'REQUIREMENT');
  return {
    parentId: parent,
    parentLine: byId.get(parent ?? '')?.line ?? parentLine,
    ...(!isParentAlone && { edges }),
  };
}

/** What every Markdown artifact has. Last, because it takes every field nobody asked for. */
function readRest(frontMatter: FrontMatter, fields: FieldReader) {
  const options = { fallback: 'DRAFT', synonyms: validationStatusSynonyms } as const;
  const word = fields.peek('validation_status');
  const validationStatus = fields.oneOf('validation_status', validationStatuses, options);
  const written = fields.peek('assurance_status');
  const assuranceStatus = fields.oneOf('assurance_status', validationStatuses, options);
  if (validationStatus === null || assuranceStatus === null) return null;
  return {
    validationStatus,
    assuranceStatus: written === null ? null : assuranceStatus,
    markdownContent: frontMatter.body.trim() === '' ? null : frontMatter.body,
    // A word of another scale is kept as it was written.
    attributes: {
      ...fields.rest(),
      ...(word !== null && toEnumSpelling(word) !== validationStatus && { validation_status: word }),
    },
  };
}

/** `title`, else the body's first heading of the first level outside code. */
function readTitle(frontMatter: FrontMatter, fields: FieldReader): string | null {
  return fields.text('title', textLimits.title) ?? findHeading(frontMatter.body);
}

function findHeading(body: string): string | null {
  let inCode = false;
  for (const line of body.split('\n')) {
    if (line.startsWith('```') || line.startsWith('~~~')) inCode = !inCode;
    if (!inCode && line.startsWith('# ')) return line.slice(2).trim().slice(0, textLimits.title) || null;
  }
  return null;
}

function requireTitle(frontMatter: FrontMatter, fields: FieldReader): string | null {
  const title = readTitle(frontMatter, fields);
  if (title === null) fields.rejectMissing('title', 'give one, or start the body with a # heading');
  return title;
}
