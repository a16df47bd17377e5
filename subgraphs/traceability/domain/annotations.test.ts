import { describe, expect, test } from '@jest/globals';
import { findAnnotations, toCodeFile, type AnnotationLine } from './annotations.js';

const linesOf = (path: string, text: string): string[] =>
  findAnnotations(path, text).map((each) => `${each.line} ${each.text}`);
const references = (lines: readonly string[], { isNamedAsTest = false, path = 'src/a.ts' } = {}): string[] =>
  toCodeFile(
    { path, sha256: '0'.repeat(64), isNamedAsTest },
    lines.map((text, index): AnnotationLine => ({ line: index + 1, text })),
  ).references.map(
    ({ line, kind, targetId, title }) => `${line ?? ''} ${kind} ${targetId}${title === null ? '' : ` "${title}"`}`,
  );

describe('tags are found in the comments of', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a.ts',
      '/**\n * Words.\n * @gxp-req REQ-1 "A"\n */\n// @gxp-spec SPEC-1\nx();',
      ['3 @gxp-req REQ-1 "A"', '5 @gxp-spec SPEC-1'],
    ],
    [
      'a.ts',
      '/* @gxp-implements SPEC-1 */ f(); /* @gxp-risk HIGH */',
      ['1 @gxp-implements SPEC-1', '1 @gxp-risk HIGH'],
    ],
    ['A.java', '/** @gxp-implements SPEC-1 */\n@Trace("US-1")\nclass A {}', ['1 @gxp-implements SPEC-1']],
    [
      'a.rs',
      "fn f<'a>() {} // @gxp-implements SPEC-1\n/// @gxp-risk LOW",
      ['1 @gxp-implements SPEC-1', '2 @gxp-risk LOW'],
    ],
    [
      'a.py',
      '# @gxp-satisfies REQ-1\n"""\n@gxp-verifies SPEC-1\n"""\n@trace\ndef f(): pass',
      ['1 @gxp-satisfies REQ-1', '3 @gxp-verifies SPEC-1'],
    ],
    ['a.sql', '-- @gxp-spec SPEC-1\nselect 1 /* @trace US-1 */', ['1 @gxp-spec SPEC-1', '2 @trace US-1']],
    ['a.html', '<p>@gxp-spec SPEC-9</p>\n<!-- @gxp-spec SPEC-1 -->', ['2 @gxp-spec SPEC-1']],
    [
      'a.vue',
      '<!-- @gxp-spec SPEC-1 -->\n<script>\n// @gxp-spec SPEC-2\n</script>',
      ['1 @gxp-spec SPEC-1', '3 @gxp-spec SPEC-2'],
    ],
    ['a.hs', '{- @gxp-spec SPEC-1 -}\n-- @gxp-spec SPEC-2', ['1 @gxp-spec SPEC-1', '2 @gxp-spec SPEC-2']],
    ['Dockerfile', 'FROM x # no\n# @gxp-implements SPEC-1', ['2 @gxp-implements SPEC-1']],
    ['a.ts', '/* @gxp-spec SPEC-1', ['1 @gxp-spec SPEC-1']],
    ['a.ts', "const a = 'it\\'s'; // @gxp-spec SPEC-1", ['1 @gxp-spec SPEC-1']],
  ])('%s: %j', (path, text, expected) => {
    expect(linesOf(path, text)).toEqual(expected);
  });

  test.each([
    ['a.ts', 'const a = "// @gxp-spec SPEC-1"; const b = `\n// @gxp-spec SPEC-2\n`;'],
    ['a.ts', '// see the @gxp-spec SPEC-1 tag'],
    ['a.py', "x = '# @gxp-spec SPEC-1'"],
    ['notes.txt', '// @gxp-spec SPEC-1'],
    ['a.ts', '// @gxp @tracer US-1'],
  ])('and nowhere else: %s %j', (path, text) => {
    expect(linesOf(path, text)).toEqual([]);
  });

  test('a file however it is written, in one pass', () => {
    for (const part of ['\\"', '`\\`', "'", '/*', '"', '\\`', '// ', '# @', '"""']) {
      const text = `@gxp-\n${part.repeat(300_000)}\n// @gxp-spec SPEC-1`;
      for (const path of ['a.ts', 'a.py']) expect(findAnnotations(path, text).length).toBeLessThan(10);
    }
  });
});

describe('what a tag names', () => {
  test.each<[readonly string[], readonly string[]]>([
    [
      [
        '@gxp-satisfies REQ-001, REQ-003',
        '@gxp-implements US-042, SPEC-137',
        '@gxp-derives-from SPEC-100',
        '@gxp-depends-on SPEC-9',
      ],
      [
        '1 SATISFIES REQ-001',
        '1 SATISFIES REQ-003',
        '2 IMPLEMENTS US-042',
        '2 IMPLEMENTS SPEC-137',
        '3 DEPENDS_ON SPEC-100',
        '4 DEPENDS_ON SPEC-9',
      ],
    ],
    [
      ['@gxp-req REQ-1 "Sign in"', '@gxp-spec SPEC-1-1'],
      ['1 SATISFIES REQ-1 "Sign in"', '2 IMPLEMENTS SPEC-1-1'],
    ],
    [
      ['@gxp-tag REQ-SEC-003', '@requirement REQ-6', '@trace: US-1.'],
      ['1 SATISFIES REQ-SEC-003', '2 SATISFIES REQ-6', '3 IMPLEMENTS US-1'],
    ],
    [['@gxp-spec the specification', '@gxp-risk HIGH', '@trace EV-1', '@gxp-implements'], []],
  ])('in a source: %j', (lines, expected) => {
    expect(references(lines)).toEqual(expected);
  });

  test.each([
    [{ path: 'src/a.spec.ts' }, ['@gxp-spec SPEC-1']],
    [{ path: 'tests/a.py' }, ['@gxp-spec SPEC-1']],
    [{ isNamedAsTest: true }, ['@gxp-spec SPEC-1']],
  ])('in a test is verified by it: %j', (file, lines) => {
    expect(references(lines, file)).toEqual(['1 VERIFIES SPEC-1']);
  });

  test('a tier makes a test of it, and the highest risk counts', () => {
    const lines = ['@gxp-spec SPEC-1', '@test-type {OQ}', '@gxp-risk LOW', '@gxp-criticality HIGH'].map((text) => ({
      line: 1,
      text,
    }));
    expect(toCodeFile({ path: 'check.ts', sha256: '', isNamedAsTest: false }, lines)).toMatchObject({
      isTest: true,
      verificationTier: 'OQ',
      riskRating: 'HIGH',
      references: [{ kind: 'VERIFIES' }],
    });
  });
});
