/** Runs checks over the files of a commit, and says what came of each. */
import { createHash } from 'node:crypto';
import { boundariesCheck } from './checks/boundaries.js';
import { dependencyCheck } from './checks/dependency-gate.js';
import { toCheck } from './checks/own-check.js';
import { physicsCheck } from './checks/physics.js';
import { createSecretsCheck } from './checks/secrets.js';
import { syntaxCheck } from './checks/syntax.js';
import { testEvidenceCheck } from './checks/test-evidence.js';
import { noConfiguration, readConfiguration, type Configuration } from './configuration.js';
import { ContractError } from './contract.js';
import { Repository, type ReadSource } from './repository.js';
import type { Check, CheckInput } from './check.js';
import {
  findingLine,
  presentable,
  toDetail,
  type AuditSubject,
  type CheckOutcome,
  type CheckResult,
  type Finding,
  type Judgement,
  type KnownFinding,
} from './types.js';

export interface PreparedAudit {
  readonly checks: readonly Check[];
  readonly input: CheckInput;
  readonly accepted: ReadonlySet<string>;
}

/** What is to be run, in order. A configuration that can't be read is an ERROR of its own, and the other checks go on. */
export function prepare(subject: AuditSubject, readSource: ReadSource): PreparedAudit {
  const fault: Check[] = [];
  let configuration: Configuration = noConfiguration;
  try {
    configuration = readConfiguration(subject.files);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    fault.push({
      code: 'PROJECT',
      name: 'Configuration of the audit',
      run: () => {
        throw error;
      },
    });
  }
  const { ignores, checks, accepted } = configuration;
  const files = subject.files.filter(({ path }) => !ignores(path));
  return {
    checks: [
      syntaxCheck,
      boundariesCheck,
      dependencyCheck,
      physicsCheck,
      testEvidenceCheck,
      createSecretsCheck(configuration),
      ...checks.map(toCheck),
      ...fault,
    ],
    input: { ...subject, files, repository: new Repository(files, readSource) },
    accepted,
  };
}

/** One that breaks is an ERROR of its own, and tells its caller nothing of its inside: that is for `onFault`. */
export async function judge(
  check: Check,
  { input, accepted }: PreparedAudit,
  onFault: (error: unknown) => void,
): Promise<CheckOutcome> {
  try {
    return toOutcome(check, await check.run(input), accepted);
  } catch (error) {
    if (error instanceof ContractError) return brokenOff(check, error.message);
    onFault(error);
    return brokenOff(check, 'The check itself is at fault.');
  }
}

export function brokenOff({ code, name }: Pick<Check, 'code' | 'name'>, detail: string): CheckOutcome {
  return { code, name, result: 'ERROR', detail: detail.slice(0, 1_000), findings: [] };
}

/** Findings of one check that are kept; how many more there were is said. */
const mostFindings = 1_000;

function toOutcome(
  { code, name }: Check,
  { findings, remark }: Judgement,
  accepted: ReadonlySet<string>,
): CheckOutcome {
  const known = withFingerprints(code === 'PROJECT' ? `${code} ${name}` : code, findings.map(presentable));
  const outcome = {
    code,
    name,
    result: remark?.result ?? 'PASS',
    detail: remark?.text ?? null,
    findings: known,
  } as const;
  return withoutAccepted(outcome, accepted);
}

/** What is accepted is left out, and counted in the detail. */
export function withoutAccepted(outcome: CheckOutcome, accepted: ReadonlySet<string>): CheckOutcome {
  const { findings } = outcome;
  if (outcome.result === 'ERROR' || findings.length === 0) return outcome;
  const open = findings.filter(({ fingerprint }) => !accepted.has(fingerprint));
  const kept = open.slice(0, mostFindings);
  const acceptedCount = findings.length - open.length;
  const detail = toDetail([
    ...kept.map(findingLine),
    ...(open.length > kept.length ? [`${open.length} findings, of which ${kept.length} are kept`] : []),
  ]);
  const note =
    acceptedCount === 0 ? null : `${acceptedCount} accepted ${acceptedCount === 1 ? 'finding' : 'findings'} left out`;
  return {
    ...outcome,
    result: resultOf(open),
    detail: [detail, note].filter((part) => part !== null).join('\n') || null,
    findings: kept,
  };
}

function resultOf(findings: readonly Finding[]): CheckResult {
  if (findings.some(({ severity }) => severity === 'ERROR')) return 'FAIL';
  return findings.some(({ severity }) => severity === 'WARNING') ? 'WARN' : 'PASS';
}

/** By what was found, where and how often, never by line: what stands above may change. */
export function withFingerprints(check: string, findings: readonly Finding[]): KnownFinding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { rule, path, message } = finding;
    const key = JSON.stringify([check, rule, path, message]);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    const fingerprint = createHash('sha256').update(`${key} ${count}`).digest('hex').slice(0, 32);
    return { ...finding, fingerprint };
  });
}

/** As the database computes it: any ERROR, else any FAIL, else PASS. */
export function verdictOf(outcomes: readonly Pick<CheckOutcome, 'result'>[]): 'PASS' | 'FAIL' | 'ERROR' {
  if (outcomes.some(({ result }) => result === 'ERROR')) return 'ERROR';
  return outcomes.some(({ result }) => result === 'FAIL') ? 'FAIL' : 'PASS';
}
