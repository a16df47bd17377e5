/** Annotations in source and test files: which requirement, story or specification code says it is for. */
import { isArtifactId, kindOfId } from './artifact-kinds.js';
import { quoted } from './problems.js';
import { commentsOf, languageOfPath } from './comments.js';
import { findValue, riskRatings, verificationTiers, type RiskRating, type VerificationTier } from './values.js';

/** A line of a comment that bears a tag. */
export interface AnnotationLine {
  readonly line: number;
  /** From the tag on. */
  readonly text: string;
}

export type AnnotationKind = 'SATISFIES' | 'IMPLEMENTS' | 'VERIFIES' | 'DEPENDS_ON';

/** One place of a file that names one artifact. */
export interface CodeReference {
  /** Null where it is the specification that names the file. */
  readonly line: number | null;
  readonly kind: AnnotationKind;
  readonly targetId: string;
  /** What stands in quotes behind the id. */
  readonly title: string | null;
}

export interface CodeFile {
  readonly path: string;
  readonly sha256: string;
  readonly isTest: boolean;
  /** The highest that it names. */
  readonly riskRating: RiskRating | null;
  readonly verificationTier: VerificationTier | null;
  readonly references: readonly CodeReference[];
}

const tag = /@(gxp-[a-z]+(?:-[a-z]+)*|trace|test-type|requirement)\b[ \t]*[:=]?[ \t]*(.*)$/;
/** Asked of a file's bytes before anything else is done with it. */
export const annotationMarks = ['@gxp-', '@trace', '@requirement', '@test-type'] as const;
const maxLines = 5_000;

/** True for what may bear annotations, by its name. */
export function isCodePath(path: string): boolean {
  return languageOfPath(path) !== null;
}

/** Every line of the file's comments that begins with a tag. Strings and code are passed over. */
export function findAnnotations(path: string, text: string): readonly AnnotationLine[] {
  const language = languageOfPath(path);
  if (language === null || !annotationMarks.some((mark) => text.includes(mark))) return [];
  const found: AnnotationLine[] = [];
  for (const comment of commentsOf(text, language)) {
    for (const [index, line] of comment.text.split('\n').entries()) {
      // Decoration of block comments, and nothing else, may stand before a tag.
      const match = /^[\s*#/;!%'-]*(@.*)$/.exec(line);
      if (match?.[1] === undefined || !tag.test(match[1])) continue;
      found.push({
        line: comment.line + index,
        text: match[1]
          .replace(/\s*(?:\*\/|-->)\s*$/, '')
          .trim()
          .slice(0, 500),
      });
      if (found.length >= maxLines) return found;
    }
  }
  return found;
}

/** What a file is for, by its annotations. `named` says that a specification lists it among its tests. */
export function toCodeFile(
  { path, sha256, isNamedAsTest }: { readonly path: string; readonly sha256: string; readonly isNamedAsTest: boolean },
  lines: readonly AnnotationLine[],
): CodeFile {
  const tags = lines.flatMap(({ line, text }) => {
    const [, name, value = ''] = tag.exec(text) ?? [];
    return name === undefined ? [] : [{ line, name, value }];
  });
  const isTest =
    isNamedAsTest || isTestPath(path) || tags.some(({ name }) => name === 'test-type' || name === 'gxp-verifies');
  const valuesOf = (...names: readonly string[]): string[] =>
    tags.filter(({ name }) => names.includes(name)).map(({ value }) => /^\{?\s*(\w+)/.exec(value)?.[1] ?? '');
  const risks = valuesOf('gxp-risk', 'gxp-criticality').flatMap((word) => findValue(word, riskRatings) ?? []);
  const tiers = valuesOf('test-type').flatMap((word) => findValue(word, verificationTiers) ?? []);
  return {
    path,
    sha256,
    isTest,
    riskRating: riskRatings.find((rating) => risks.includes(rating)) ?? null,
    verificationTier: tiers[0] ?? null,
    references: tags.flatMap(({ line, name, value }) => referencesOf(line, name, value, isTest)),
  };
}

function referencesOf(line: number, name: string, value: string, isTest: boolean): CodeReference[] {
  const title = /"([^"]{1,300})"/.exec(value)?.[1] ?? null;
  const ids = value.replace(/".*$/, '').split(/[\s,;|]+/);
  return ids.flatMap((written) => {
    const targetId = written.replace(/[.:)\]}]+$/, '').replace(/^[([{]+/, '');
    const kind = kindOfTag(name, targetId, isTest);
    return kind === null || !isArtifactId(targetId) ? [] : [{ line, kind, targetId, title }];
  });
}

/** v3 says the relation; v2 and older names say only what is named, and a test verifies it. */
function kindOfTag(name: string, targetId: string, isTest: boolean): AnnotationKind | null {
  const kind = kindOfId(targetId);
  if (kind === null || kind === 'SYSTEM_CONTEXT' || kind === 'SIGNED_EVIDENCE') return null;
  switch (name) {
    case 'gxp-satisfies':
      return 'SATISFIES';
    case 'gxp-implements':
      return 'IMPLEMENTS';
    case 'gxp-verifies':
      return 'VERIFIES';
    case 'gxp-depends-on':
    case 'gxp-derives-from':
      return 'DEPENDS_ON';
    case 'gxp-req':
    case 'gxp-spec':
    case 'gxp-tag':
    case 'requirement':
    case 'trace':
      if (isTest) return 'VERIFIES';
      return kind === 'REQUIREMENT' ? 'SATISFIES' : 'IMPLEMENTS';
    default:
      return null;
  }
}

function isTestPath(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|e2e|specs?)\/|[._-](?:test|spec)\.\w+$|_test\.\w+$|(?:^|\/)test_[^/]+$|Tests?\.\w+$/.test(
    path,
  );
}

/** One sentence for whoever wrote the annotation. */
export function unknownReference({ targetId }: CodeReference): string {
  return `${quoted(targetId)} is named here, and the repository has no such artifact.`;
}
