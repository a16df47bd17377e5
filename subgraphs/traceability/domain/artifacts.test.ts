import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyArtifact } from '../../../tests/testkit/artifact-arbitraries.js';
import { unlessHanging } from '../../../tests/testkit/hanging.js';
import { renderArtifact, unsignedJws } from '../../../tests/testkit/render-artifact.js';
import { looksLikeArtifact, parseArtifactFile, type Artifact } from './index.js';

const parse = (path: string, content: string | Uint8Array) => parseArtifactFile({ path, content });
const withoutLines = (artifact: Artifact | null) =>
  artifact && { ...artifact, idLine: 0, ...('parentLine' in artifact && { parentLine: 0 }) };

describe('parsing an artifact file', () => {
  test('takes the schema specification whole: design approach, tier, files and status', () => {
    const seed = readFileSync(new URL('../../../tests/fixtures/artifacts/SPEC-INF-001.md.txt', import.meta.url));
    const { outcome, artifact, problems } = parse('.gxp/specs/SPEC-INF-001.md', seed);
    expect({ outcome, problems }).toEqual({ outcome: 'ARTIFACT', problems: [] });
    expect(artifact).toMatchObject({
      kind: 'SPECIFICATION',
      gxpId: 'SPEC-INF-001',
      idLine: 2,
      title: 'Database Schema Definition',
      parentId: 'US-005-002',
      parentLine: 4,
      verificationTier: 'IQ',
      designApproach: expect.stringMatching(/^Define PostgreSQL database schema .+\n.+\n.+traceability tracking\.$/),
      sourceFiles: ['packages/backend/src/db/schema.ts'],
      testFiles: [],
      validationStatus: 'DRAFT',
      assuranceStatus: 'DRAFT',
      markdownContent: expect.stringMatching(/^\n## Installation Qualification[^]+Migration files\n$/),
      attributes: {},
    });
  });

  test('gives back every valid artifact that is written out', () => {
    fc.assert(
      fc.property(anyArtifact, (artifact) => {
        const parsed = parseArtifactFile(renderArtifact(artifact));
        expect(parsed).toMatchObject({ outcome: 'ARTIFACT', problems: [] });
        expect(withoutLines(parsed.artifact)).toEqual(artifact);
      }),
      { seed: 2, numRuns: 1_000 },
    );
  });

  test('never throws, and gives either a whole artifact or reasons, whatever happens to a file', () => {
    const damage = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.nat(20),
        put: fc.string({ unit: 'binary' }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(anyArtifact, damage, (artifact, changes) => {
        const { path, content } = renderArtifact(artifact);
        let text = String(content);
        for (const { at, cut, put } of changes) {
          const start = Math.floor(at * text.length);
          text = text.slice(0, start) + put + text.slice(start + cut);
        }
        const parsed = parse(path, text);
        const isRejected = parsed.problems.some((problem) => problem.severity === 'REJECTED');
        expect(parsed.outcome === 'REJECTED').toBe(isRejected);
        if (parsed.outcome !== 'ARTIFACT') return;
        // Whole: what was read can be written and read again.
        const again = parseArtifactFile(renderArtifact(parsed.artifact));
        expect(withoutLines(again.artifact)).toEqual(withoutLines(parsed.artifact));
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });

  test('never throws on bytes that mean nothing', () => {
    const names = fc.oneof(fc.constantFrom('a.md', '.gxp/evidence/a.json', 'a.jws', 'a.jws.json'), fc.string());
    fc.assert(
      fc.property(names, fc.uint8Array({ maxLength: 400 }), (path, bytes) => {
        expect(['REJECTED', 'IGNORED']).toContain(parse(path, bytes).outcome);
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });

  test('reads values however they are cased, and the spellings met in the open', () => {
    const file = '---\ngxp_id: US-1\ntitle: T\nstatus: in progress\nvalidation_status: Deprecated\n---\n';
    expect(parse('a.md', file).artifact).toMatchObject({ status: 'IN_PROGRESS', validationStatus: 'RETIRED' });
  });

  test('takes the first heading for a missing title, but none from a code block', () => {
    const file = '---\ngxp_id: US-1\n---\n```sh\n# rm\n```\n# The title \n# Another\n';
    expect(parse('a.md', file).artifact).toMatchObject({ title: 'The title' });
  });

  test('reads an unquoted number as the text it is', () => {
    const file = '---\nid: 3c4e7f9a-1b2d\nproject_name: 007\nversion: 1.10\ngxp_risk_rating: low\n---\n';
    expect(parse('.gxp/system_context.md', file).artifact).toMatchObject({
      kind: 'SYSTEM_CONTEXT',
      gxpId: '3c4e7f9a-1b2d',
      projectName: '007',
      version: '1.10',
    });
  });

  test('keeps a structured regulatory context as it was written', () => {
    const context = 'regulatory_context:\n  standards:\n    - 21 CFR Part 11\n  gamp_category: 5\n';
    const file = `---\ngxp_id: SYS-1\nproject_name: P\nversion: 1\ngxp_risk_rating: low\n${context}---\n`;
    expect(parse('.gxp/system_context.md', file).artifact).toMatchObject({
      regulatoryContext: 'standards:\n  - 21 CFR Part 11\ngamp_category: 5',
    });
  });

  test('reads a criterion with a colon as the sentence it is', () => {
    const file = '---\ngxp_id: US-1\ntitle: T\nacceptance_criteria:\n  - Given a file: it parses\n  - two\n---\n';
    expect(parse('a.md', file).artifact).toMatchObject({ acceptanceCriteria: ['Given a file: it parses', 'two'] });
  });

  test('keeps front matter that no field holds', () => {
    const file = '---\ngxp_id: US-1\ntitle: T\ntype: functional\nowner: { team: qa, size: 3 }\n---\n';
    expect(parse('a.md', file).artifact).toMatchObject({
      attributes: { type: 'functional', owner: { team: 'qa', size: 3 } },
    });
  });

  test('a key named __proto__ is data', () => {
    const { artifact } = parse('a.md', '---\ngxp_id: US-1\ntitle: T\n__proto__: { polluted: true }\n---\n');
    expect(Object.hasOwn((artifact as { attributes: object }).attributes, '__proto__')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('evidence takes its parent from spec_id, and a title from it when it has none', () => {
    const { artifact } = parse('.gxp/evidence/a.jws', unsignedJws({ gxp_id: 'EV-1', spec_id: 'SPEC-1' }));
    expect(artifact).toMatchObject({ parentId: 'SPEC-1', title: 'Evidence for SPEC-1', validationStatus: 'DRAFT' });
  });

  test('evidence in JSON keeps all its signatures', () => {
    const [header, payload, signature] = unsignedJws({ gxp_id: 'EV-1' }).split('.');
    const entry = { protected: header, signature };
    const general = { payload, signatures: [entry, { protected: header, header: { kid: 'b' }, signature }] };
    const { artifact } = parse('.gxp/evidence/a.json', JSON.stringify(general, null, 2));
    expect(artifact).toMatchObject({ jws: JSON.stringify(general), jwsSignature: `${signature}.${signature}` });
  });

  test('a name that no text can hold is refused by a name that can be stored', () => {
    expect(parse('a\0\ud800.md', '')).toMatchObject({ problems: [{ path: 'a\ufffd\ufffd.md', code: 'UNSAFE_PATH' }] });
  });

  test('a header without a bottom is refused, not followed', () => {
    const header = `{"deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    const jws = `{"payload":"e30","protected":"e30","signature":"","header":${header}}`;
    expect(parse('.gxp/evidence/a.jws', jws)).toMatchObject({ problems: [{ code: 'INVALID_JWS' }] });
  });

  test.each([
    ['.gxp/README.md', '# How to use this folder\n'],
    ['.gxp/adr/ADR-001-one-database.md', '# ADR-001: One database\n\n## Status\nAccepted\n'],
    ['.gxp/adr/0002-queue.md', '---\nstatus: accepted\n---\n# A queue\n'],
    ['.gxp/vendor_assessments/acme.md', '# Acme\n'],
    ['docs/guide.md', '---\ntitle: A guide\n---\nHello.\n'],
    ['.gxp/evidence/pkg/metadata.json', '{"spec_id": "SPEC-1"}'],
    ['.gxp/keys/test.jwks.json', '{"keys": []}'],
    ['src/index.ts', 'export {};\n'],
  ])('ignores %s, which is no artifact', (path, content) => {
    expect(parse(path, content)).toEqual({ outcome: 'IGNORED', artifact: null, problems: [] });
  });

  test('is quick for the worst that fits the caps, and reports a handful', async () => {
    const hostile = [
      `---\n${Array.from({ length: 6_000 }, (_, at) => `${at.toString(36)}:`).join('\n')}\n---\n`,
      `---\n${'a:\n'.repeat(10_000)}---\n`,
      `---\ngxp_id: US-1\n---\n#${' '.repeat(1_000_000)}x`,
      `---\n${'\n'.repeat(32_000)}---\n`,
      `---${' '.repeat(1_000_000)}x`,
      `---\n${'---x\n'.repeat(200_000)}`,
      `---\n${'a: '.repeat(10_000)}\n---\n`,
    ];
    for (const content of hostile) {
      // 0.1 s on an idle core; anything quadratic takes minutes.
      const { problems } = await unlessHanging(() => parse('a.md', content));
      expect(problems.length).toBeLessThanOrEqual(20);
    }
  });
});

describe('the head of a Markdown file', () => {
  test.each([
    ['---\ngxp_id: REQ-1\n', true],
    ['\ufeff---\r\n"gxp_id" : REQ-1\r\n', true],
    ['---js\ngxp_id: REQ-1\n', true],
    ['---\ntitle: a\n---\ngxp_id: REQ-1\n', false],
    ['# gxp_id: REQ-1\n', false],
    ['gxp_id: REQ-1\n', false],
  ])('%j speaks of an artifact: %s', (head, expected) => {
    expect(looksLikeArtifact(head)).toBe(expected);
  });
});
