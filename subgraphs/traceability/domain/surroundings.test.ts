import { describe, expect, test } from '@jest/globals';
import { parseArtifactFile } from './artifacts.js';
import { isDecisionPath, parseDecision } from './decisions.js';
import { createProblemSink } from './problems.js';
import { parseRiskLog } from './risk-log.js';

const decision = (content: string, path = '.gxp/adr/ADR-7-one.md') =>
  parseDecision({ path, content }, createProblemSink(path));

describe('a decision', () => {
  test.each([
    [
      '# ADR-007: Use one store\n\n## Status\nAccepted\n',
      { gxpId: 'ADR-007', title: 'Use one store', status: 'ACCEPTED' },
    ],
    ['# Use one store\n\nStatus: proposed\n', { title: 'Use one store', status: 'PROPOSED' }],
    ['---\ntitle: "Use one"\nstatus: Deprecated\n---\nText.\n', { title: 'Use one', status: 'DEPRECATED' }],
    ['# A\n## 2. Status ##\n**Superseded** by [ADR-009](x.md)\n', { status: 'SUPERSEDED', supersededBy: 'ADR-009' }],
    ['# A\n```\n## Status\nAccepted\n```\n', { status: null }],
    [
      '# A\n## Context and Problem Statement\nWhy.\n## Decision Outcome\nThis.\n',
      { context: 'Why.', decision: 'This.', consequences: null },
    ],
    ['', { gxpId: 'ADR-007', title: 'ADR-007', status: null }],
  ])('%j', (content, expected) => {
    expect(decision(content)).toMatchObject(expected);
  });

  test.each([
    ['.gxp/adr/ADR-001-x.md', true],
    ['part/.gxp/adr/adr-12.md', true],
    ['.gxp/adr/README.md', false],
    ['docs/adr/ADR-001-x.md', false],
  ])('is known by its path: %s', (path, isOne) => {
    expect(isDecisionPath(path)).toBe(isOne);
  });
});

describe('a risk log', () => {
  const sink = createProblemSink('.gxp/risk_assessment.log');
  const risks = (content: string) => parseRiskLog({ path: sink.path, content }, sink);

  test('has entries by their headings; the first of an id counts, and the other is said to be', () => {
    const found = risks(
      '## RISK-INF-001: Keys\n**Status:** accepted\n- **Risk Level:** high\n\n## RISK-INF-001: Again\n## Notes\nNone.\n',
    );
    expect(found).toMatchObject([
      { gxpId: 'RISK-INF-001', title: 'Keys', status: 'ACCEPTED', riskRating: 'HIGH', line: 1 },
    ]);
    expect(sink.problems).toMatchObject([{ code: 'DUPLICATE_ID', severity: 'FLAGGED', line: 5 }]);
  });

  test('without entries is one without entries', () => {
    expect(risks('# Risks\n\nNone so far.\n')).toEqual([]);
  });
});

describe('GxP.MD', () => {
  const parse = (content: string, path = 'GxP.MD') => parseArtifactFile({ path, content });

  test('says what the system is', () => {
    const content = `---\ngxpmd_version: "3.0.0"\nproject:\n  name: Pump\n  id: PUMP\n  version: "2.1"\nregulatory:\n  gamp_category: 5\nrisk:\n  overall: HIGH\n---\ngxp_id: in an example\n`;
    expect(parse(content).artifact).toMatchObject({
      kind: 'SYSTEM_CONTEXT',
      gxpId: 'PUMP',
      projectName: 'Pump',
      version: '2.1',
      gxpRiskRating: 'HIGH',
      regulatoryContext: 'gamp_category: 5',
    });
  });

  test('that does not name its project is refused, and the standard itself, kept elsewhere, is no artifact', () => {
    expect(parse('---\ngxpmd_version: "3.0.0"\n---\n')).toMatchObject({
      outcome: 'REJECTED',
      problems: [{ code: 'MISSING_FIELD' }],
    });
    expect(parse('---\ngxpmd_version: "3.0.0"\n---\nText.\n', 'spec/GxP.MD').outcome).toBe('IGNORED');
  });
});

describe('front matter of the third version of the templates', () => {
  const spec = (fields: string) =>
    parseArtifactFile({
      path: '.gxp/specs/a.md',
      content: `---\ngxp_id: SPEC-1\ntitle: A\nverification_tier: OQ\n${fields}\n---\n`,
    }).artifact;

  test.each([
    ['implements: [US-7, US-8]\nsatisfies: [REQ-1]', 'US-7'],
    ['implements: US-7', 'US-7'],
    ['parent_id: US-1\nimplements: [US-7]', 'US-1'],
    ['satisfies: [REQ-1]', 'REQ-1'],
    ['satisfies: [REQ-1]\nimplements: [US-7]', 'US-7'],
    ['depends_on: [SPEC-2]', null],
    ['satisfies: [21-CFR-11]', null],
    ['implements: {a: b}', null],
  ])('names the parent: %j', (fields, parentId) => {
    expect(spec(fields)).toMatchObject({ parentId });
  });

  test('names all that it is for, and what it depends on last, each once and by its own word', () => {
    const fields = 'parent_id: US-1\nimplements: [US-7, US-1]\nderives_from: SPEC-3\nsatisfies: [REQ-1, REQ-1]';
    expect(spec(fields)?.edges).toEqual([
      { parentId: 'US-1', relation: 'IMPLEMENTS', line: 6 },
      { parentId: 'US-7', relation: 'IMPLEMENTS', line: 6 },
      { parentId: 'REQ-1', relation: 'SATISFIES', line: 8 },
      { parentId: 'SPEC-3', relation: 'DEPENDS_ON', line: 7 },
    ]);
    expect(spec('parent_id: US-1')?.edges).toBeUndefined();
  });

  test('keeps its lists, words of another scale and keys that nobody knows', () => {
    expect(spec('implements: [US-7, US-8]\nvalidation_status: Reviewed\nteam: {lead: ann}')).toMatchObject({
      validationStatus: 'APPROVED',
      attributes: { implements: ['US-7', 'US-8'], validation_status: 'Reviewed', team: { lead: 'ann' } },
    });
  });
});
