/** What an audit found as SARIF 2.1.0, which code hosts and editors show beside the lines. */
import type { CheckOutcome } from '../../subgraphs/audit-and-builds/index.js';

const levels = { ERROR: 'error', WARNING: 'warning', NOTE: 'note' } as const;

export function toSarif(checks: readonly CheckOutcome[], version: string): object {
  const rules = new Map<string, { id: string; name: string }>();
  const results = checks.flatMap(({ code, name, findings }) =>
    findings.map(({ rule, severity, path, line, message, fingerprint }) => {
      const ruleId = `${code}/${rule}`;
      rules.set(ruleId, { id: ruleId, name });
      return {
        ruleId,
        level: levels[severity],
        message: { text: message },
        // By the same name as in the graph, so that a finding is the same in both.
        partialFingerprints: { 'weftFinding/v1': fingerprint },
        ...(path !== null && { locations: [locationOf(path, line)] }),
      };
    }),
  );
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Weft', version, rules: [...rules.values()] } },
        columnKind: 'utf16CodeUnits',
        // A check that could not be carried out has no results, which is not the same as none to be found.
        invocations: [
          {
            executionSuccessful: checks.every(({ result }) => result !== 'ERROR'),
            toolExecutionNotifications: checks
              .filter(({ result }) => result === 'ERROR')
              .map(({ code, name, detail }) => ({
                level: 'error',
                message: { text: `${code} ${name}: ${detail ?? ''}` },
              })),
          },
        ],
        results,
      },
    ],
  };
}

function locationOf(path: string, line: number | null): object {
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
      ...(line !== null && { region: { startLine: line } }),
    },
  };
}
