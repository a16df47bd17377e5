import { expect, test } from '@jest/globals';
import { toSarif } from './sarif.js';

const finding = {
  rule: 'syntax',
  severity: 'ERROR',
  path: 'a b/#1.py',
  line: 3,
  message: 'is broken',
  fingerprint: '0'.repeat(32),
} as const;

test('findings are results with rule, level, place and fingerprint; a check that broke off is told', () => {
  const log = toSarif(
    [
      {
        code: 'A0',
        name: 'Syntax',
        result: 'FAIL',
        detail: '',
        findings: [finding, { ...finding, path: null, line: null, severity: 'NOTE' }],
      },
      { code: 'A4', name: 'Boundaries', result: 'ERROR', detail: 'can’t be read', findings: [] },
    ],
    '1.2.3',
  );
  expect(log).toEqual({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Weft', version: '1.2.3', rules: [{ id: 'A0/syntax', name: 'Syntax' }] } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: false,
            toolExecutionNotifications: [{ level: 'error', message: { text: 'A4 Boundaries: can’t be read' } }],
          },
        ],
        results: [
          {
            ruleId: 'A0/syntax',
            level: 'error',
            message: { text: 'is broken' },
            partialFingerprints: { 'weftFinding/v1': '0'.repeat(32) },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'a%20b/%231.py', uriBaseId: '%SRCROOT%' },
                  region: { startLine: 3 },
                },
              },
            ],
          },
          {
            ruleId: 'A0/syntax',
            level: 'note',
            message: { text: 'is broken' },
            partialFingerprints: { 'weftFinding/v1': '0'.repeat(32) },
          },
        ],
      },
    ],
  });
});
