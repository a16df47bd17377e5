import { Buffer } from 'node:buffer';
import type { ArtifactFile, ProblemCode, ProblemSeverity } from '../../subgraphs/traceability/domain/index.js';

/** One file that is at fault, and what a scan must say about it. Nothing else may be said about any other file. */
export interface BrokenArtifact extends ArtifactFile {
  readonly what: string;
  readonly code: ProblemCode;
  readonly line: number;
  readonly severity: ProblemSeverity;
  /** False for names that no file system holds: they can only come over the wire. */
  readonly isOnDisk: boolean;
}

type Row = readonly [what: string, code: ProblemCode, line: number, content: string | Uint8Array];

const utf8 = (text: string) => new TextEncoder().encode(text);
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jws = (payload: unknown) => `${base64url({ alg: 'ES256', kid: 'test' })}.${base64url(payload)}.c2ln`;
const lines = (count: number, line: string) => `${line}\n`.repeat(count);

/** Front matter of a requirement that is sound until `extra` breaks it; `extra` begins on line 5. */
const requirement = (id: string, extra: string, body = 'The system shall.\n') =>
  `---\ngxp_id: ${id}\ntitle: A requirement\ngxp_risk_rating: LOW\n${extra}---\n${body}`;
const specification = (id: string, extra: string) =>
  `---\ngxp_id: ${id}\ntitle: A specification\nparent_id: US-900\n${extra}---\nHow.\n`;

const bytesRows: readonly Row[] = [
  ['an empty file', 'NO_FRONT_MATTER', 1, ''],
  ['prose without front matter', 'NO_FRONT_MATTER', 1, '# Notes\n\nNothing to see.\n'],
  ['front matter after a blank line', 'NO_FRONT_MATTER', 1, `\n${requirement('REQ-803', '')}`],
  ['five megabytes', 'FILE_TOO_LARGE', 1, utf8(requirement('REQ-804', '') + lines(500_000, 'too long .'))],
  [
    'a picture with the name of a text',
    'BINARY_FILE',
    1,
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0),
  ],
  ['UTF-16', 'BINARY_FILE', 1, Buffer.from(`\ufeff${requirement('REQ-806', '')}`, 'utf16le')],
  ['a NUL in the title', 'BINARY_FILE', 3, requirement('REQ-807', '').replace('A requirement', 'A\0requirement')],
  ['a byte that is no UTF-8', 'INVALID_UTF8', 7, latin1(requirement('REQ-808', '', 'one\ncaf\u00e9\n'))],
  [
    'an overlong encoding',
    'INVALID_UTF8',
    7,
    Buffer.concat([utf8(requirement('REQ-809', '')), Uint8Array.of(0xc0, 0xaf)]),
  ],
];

const fenceRows: readonly Row[] = [
  ['front matter in JavaScript', 'FRONT_MATTER_LANGUAGE', 1, '---js\nmodule.exports = process.exit(7)\n---\n'],
  ['front matter in JSON', 'FRONT_MATTER_LANGUAGE', 1, '---json\n{"gxp_id": "REQ-811"}\n---\n'],
  ['front matter in CoffeeScript after a space', 'FRONT_MATTER_LANGUAGE', 1, '--- coffee\ngxp_id: "REQ-812"\n---\n'],
  ['front matter that never ends', 'FRONT_MATTER_UNCLOSED', 1, '---\ngxp_id: REQ-813\ntitle: Open\n'],
  ['nothing but a fence', 'FRONT_MATTER_UNCLOSED', 1, '---'],
  ['empty front matter', 'FRONT_MATTER_NOT_A_MAPPING', 2, '---\n---\nbody\n'],
  ['a list for front matter', 'FRONT_MATTER_NOT_A_MAPPING', 2, '---\n- gxp_id\n- REQ-816\n---\n'],
  ['a sentence for front matter', 'FRONT_MATTER_NOT_A_MAPPING', 2, '---\njust words\n---\n'],
  ['huge front matter', 'FRONT_MATTER_TOO_LARGE', 1, requirement('REQ-818', lines(4_000, '# filler ....'))],
];

const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...Array.from('bcdefghi', (name, at) => bombLine(name, 'abcdefgh'.charAt(at))),
];
function bombLine(name: string, of: string): string {
  return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(',')}]`;
}

const yamlRows: readonly Row[] = [
  ['a YAML bomb', 'YAML_ALIAS', 5, requirement('REQ-820', `${bomb.join('\n')}\n`)],
  ['an alias to nothing', 'YAML_ALIAS', 5, requirement('REQ-821', 'description: *nowhere\n')],
  ['an anchor that contains itself', 'YAML_ALIAS', 5, requirement('REQ-822', 'loop: &loop [*loop]\n')],
  ['a JavaScript function by tag', 'YAML_TAG', 5, requirement('REQ-823', 'description: !!js/function "() => 1"\n')],
  ['a Python object by tag', 'YAML_TAG', 5, requirement('REQ-824', 'x: !!python/object/apply:os.system [id]\n')],
  ['a tab for indentation', 'YAML_TAB', 6, requirement('REQ-825', 'acceptance_criteria:\n\t- one\n')],
  ['the same key twice', 'YAML_DUPLICATE_KEY', 5, requirement('REQ-826', 'title: Another\n')],
  ['two YAML documents', 'YAML_MULTIPLE_DOCUMENTS', 5, requirement('REQ-827', '...\ngxp_id: REQ-828\n')],
  ['a list that never closes', 'YAML_SYNTAX', 6, requirement('REQ-829', 'source_files: [a, b\n')],
  ['a quote that never closes', 'YAML_SYNTAX', 6, requirement('REQ-830', 'description: "open\n')],
  ['a colon in an unquoted title', 'YAML_SYNTAX', 3, '---\ngxp_id: REQ-831\ntitle: One: two: three\n---\n'],
  ['a directive', 'YAML_SYNTAX', 3, '---\n%YAML 1.1\n---\n'],
  ['ten thousand brackets', 'TOO_DEEP', 5, requirement('REQ-833', `x: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`)],
  ['forty levels', 'TOO_DEEP', 5, requirement('REQ-834', `x: ${'['.repeat(40)}${']'.repeat(40)}\n`)],
  ['a list for a key', 'YAML_SYNTAX', 5, requirement('REQ-835', '? [a, b]\n: c\n')],
];

const fieldRows: readonly Row[] = [
  ['no id', 'MISSING_FIELD', 1, '---\ntitle: Nameless\n---\n'],
  ['an empty id', 'MISSING_FIELD', 2, '---\ngxp_id: ""\n---\n'],
  ['a number for an id', 'WRONG_TYPE', 2, '---\ngxp_id: 42\n---\n'],
  ['an id with a path in it', 'INVALID_ID', 2, '---\ngxp_id: REQ-../../etc/passwd\n---\n'],
  ['an id with a quote in it', 'INVALID_ID', 2, `---\ngxp_id: "REQ-1'; drop table requirements;--"\n---\n`],
  ['an id of no known kind', 'UNKNOWN_KIND', 2, '---\ngxp_id: RISK-001\ntitle: A risk\n---\n'],
  ['a kind that contradicts the id', 'KIND_MISMATCH', 5, requirement('REQ-846', 'type: specification\n')],
  ['no title anywhere', 'MISSING_FIELD', 1, '---\ngxp_id: REQ-847\ngxp_risk_rating: LOW\n---\n```\n# code\n```\n'],
  ['no risk rating', 'MISSING_FIELD', 1, '---\ngxp_id: REQ-848\ntitle: Unrated\n---\n'],
  ['an unknown risk rating', 'UNKNOWN_VALUE', 4, requirement('REQ-849', '').replace('LOW', 'EXTREME')],
  ['an unknown tier', 'UNKNOWN_VALUE', 5, specification('SPEC-850', 'verification_tier: XQ\n')],
  ['no tier', 'MISSING_FIELD', 1, specification('SPEC-851', '')],
  ['an unknown validation status', 'UNKNOWN_VALUE', 5, requirement('REQ-852', 'validation_status: perhaps\n')],
  ['a mapping for a title', 'WRONG_TYPE', 4, '---\ngxp_id: US-853\ntitle:\n  en: Title\n---\n'],
  ['two parents', 'WRONG_TYPE', 4, '---\ngxp_id: US-854\ntitle: Twins\nparent_id: [REQ-1, REQ-2]\n---\n'],
  ['lists inside the criteria', 'WRONG_TYPE', 6, requirement('REQ-855', 'acceptance_criteria:\n  - [a, b]\n')],
  [
    'a source file outside the repository',
    'UNSAFE_PATH',
    6,
    specification('SPEC-856', 'verification_tier: OQ\nsource_files: [../../etc/shadow]\n'),
  ],
  [
    'an absolute test file',
    'UNSAFE_PATH',
    7,
    specification('SPEC-857', 'verification_tier: OQ\ntest_files:\n  - /etc/passwd\n'),
  ],
  ['an escaped NUL', 'INVALID_TEXT', 5, requirement('REQ-858', 'description: "a\\0b"\n')],
  ['half a surrogate pair', 'INVALID_TEXT', 5, requirement('REQ-859', 'unknown: ["\\uD800"]\n')],
  ['a title without end', 'TOO_LONG', 3, requirement('REQ-860', '').replace('A requirement', 'x'.repeat(501))],
  ['evidence that is only Markdown', 'EVIDENCE_NOT_SIGNED', 2, '---\ngxp_id: EV-861\ntitle: Trust me\n---\n'],
];

const jwsRows: readonly Row[] = [
  ['an empty JWS', 'INVALID_JWS', 1, ''],
  ['a JWS of two parts', 'INVALID_JWS', 1, 'a.b'],
  ['an encrypted JWE', 'INVALID_JWS', 1, 'a.b.c.d.e'],
  ['a JWS without payload', 'INVALID_JWS', 1, `${base64url({ alg: 'ES256' })}..c2ln`],
  ['a payload that is not JSON', 'INVALID_JSON', 1, `${base64url({ alg: 'ES256' })}.aGVsbG8.c2ln`],
  ['a payload without an id', 'MISSING_FIELD', 1, jws({ spec_id: 'SPEC-900' })],
  ['a payload with a tier of its own', 'UNKNOWN_VALUE', 1, jws({ gxp_id: 'EV-876', verification_tier: 'ZQ' })],
  ['a payload with a NUL', 'INVALID_TEXT', 1, jws({ gxp_id: 'EV-877', note: 'a\0b' })],
  ['a payload without a bottom', 'TOO_DEEP', 1, jws({ gxp_id: 'EV-878', deep: nested(200) })],
];

const flaggedRows: readonly Row[] = [
  ['a byte order mark', 'BYTE_ORDER_MARK', 1, utf8(`\ufeff${requirement('REQ-880', '')}`)],
  ['carriage returns', 'CRLF_LINE_ENDINGS', 1, requirement('REQ-881', '').replaceAll('\n', '\r\n')],
  [
    'a specification under a specification',
    'WRONG_PARENT_LEVEL',
    4,
    specification('SPEC-882', 'verification_tier: IQ\n').replace('US-900', 'SPEC-901'),
  ],
  ['a requirement with a parent', 'WRONG_PARENT_LEVEL', 5, requirement('REQ-883', 'parent_id: US-900\n')],
  [
    'a story that is its own parent',
    'PARENT_CYCLE',
    4,
    '---\ngxp_id: US-884\ntitle: Ouroboros\nparent_id: US-884\n---\n',
  ],
  ['a story in a circle', 'PARENT_CYCLE', 4, '---\ngxp_id: US-885\ntitle: Hen\nparent_id: US-886\n---\n'],
  ['the other story of the circle', 'PARENT_CYCLE', 4, '---\ngxp_id: US-886\ntitle: Egg\nparent_id: US-885\n---\n'],
];

/** Found only among the others: these repeat the ids of {@link soundArtifacts}, whose paths come first. */
const duplicateRows: readonly Row[] = [
  ['an id that is taken', 'DUPLICATE_ID', 2, requirement('REQ-901', '')],
  ['an id taken by another kind', 'DUPLICATE_ID', 2, requirement('US-900', 'type: user_story\n')],
];

/** Files in order that a broken neighbour must leave alone. */
export const soundArtifacts: readonly ArtifactFile[] = [
  { path: '.gxp/a/REQ-901.md', content: requirement('REQ-901', '') },
  { path: '.gxp/a/US-900.md', content: '---\ngxp_id: US-900\ntitle: A story\nparent_id: REQ-901\n---\n' },
  { path: '.gxp/a/SPEC-900.md', content: specification('SPEC-900', 'verification_tier: oq\n') },
  { path: '.gxp/a/EV-900.jws', content: jws({ gxp_id: 'EV-900', spec_id: 'SPEC-900' }) },
];

/** Every way a file can be broken that has been thought of so far, one file each. */
export function brokenArtifacts(): readonly BrokenArtifact[] {
  const numbered = (rows: readonly Row[], folder: string, extension: string, severity: ProblemSeverity) =>
    rows.map(([what, code, line, content], at) => ({
      ...{ what, code, line, content, severity, isOnDisk: true },
      path: `.gxp/requirements/${folder}/${String(at + 1).padStart(2, '0')}${extension}`,
    }));
  const names = ['../outside.md', '/etc/REQ-1.md', 'a/../../b.md', 'C:/REQ-1.md', '.gxp\\REQ-1.md', '.gxp/a\u0007.md'];
  return [
    ...numbered(bytesRows, 'bytes', '.md', 'REJECTED'),
    ...numbered(fenceRows, 'fences', '.md', 'REJECTED'),
    ...numbered(yamlRows, 'yaml', '.md', 'REJECTED'),
    ...numbered(fieldRows, 'fields', '.md', 'REJECTED'),
    ...numbered(jwsRows, 'evidence', '.jws', 'REJECTED'),
    ...numbered(flaggedRows, 'flagged', '.md', 'FLAGGED'),
    ...numbered(duplicateRows, 'later', '.md', 'REJECTED'),
    ...names.map((path) => ({
      ...{ what: `the name ${JSON.stringify(path)}`, code: 'UNSAFE_PATH' as const, line: 1, path },
      ...{ content: requirement('REQ-890', ''), severity: 'REJECTED' as const, isOnDisk: false },
    })),
  ];
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
