import { describe, expect, test } from '@jest/globals';
import { renderReport } from './render.js';
import type { ScanReport } from './scan.js';

const level = { total: 0, covered: 0, deeplyCovered: 0 };
const figures = { requirements: level, userStories: level, specifications: level, evidence: level };
const report: ScanReport = {
  repository: 'acme/pump',
  commitSha: 'a'.repeat(40),
  branch: 'main',
  dirty: false,
  found: 0,
  created: 0,
  changed: 0,
  removed: 0,
  unchanged: 0,
  alreadyStored: false,
  rejected: [],
  flagged: [],
  coverage: { before: null, after: figures },
  durationMs: 40,
};
const problem = (path: string, line: number) => ({
  path,
  line,
  code: 'YAML_ALIAS',
  reason: 'Anchors are not read.',
  severity: 'REJECTED',
});

describe('the report of a scan', () => {
  test('says where artifacts are looked for when there are none', () => {
    expect(renderReport(report, 'here').join('\n')).toContain('Nothing to read here: artifacts are the files in .gxp/');
    expect(renderReport({ ...report, found: 1 }, 'here').join('\n')).not.toContain('Nothing to read');
  });

  test('counts the files that were rejected, and lists each of their problems', () => {
    const lines = renderReport({ ...report, rejected: [problem('a.md', 3), problem('a.md', 4)] }, 'here');
    expect(lines[3]?.trim().split(/\s+/)).toEqual(['0', '0', '0', '0', '0', '1', '0']);
    expect(lines).toContain('  a.md:3  Anchors are not read. (YAML_ALIAS)');
    expect(lines).toContain('  a.md:4  Anchors are not read. (YAML_ALIAS)');
  });
});
