/**
 * Which test files failed in a run of jest, for the gate.
 *   failed-files.js <report>           prints their paths; exits 1 where that is no use: no report, or more than a few
 *   failed-files.js <report> <again>   after they passed: says which were unsteady, and adds them to the report's passed ones
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** More than this is no accident. */
const most = 4;

const [report = '', again] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const run = read(report);
const failed = run.testResults.filter(({ status }) => status === 'failed');
const path = ({ name }) => relative(process.cwd(), name);

if (again === undefined) {
  if (failed.length === 0 || failed.length > most) process.exit(1);
  console.log(failed.map(path).join(' '));
} else {
  for (const file of failed) {
    const names = file.assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    for (const name of names.length === 0 ? ['could not start'] : names) console.log(`UNSTEADY ${path(file)}: ${name}`);
  }
  const didNotStart = failed.filter(({ assertionResults }) => assertionResults.length === 0);
  const tests = read(again).testResults.filter(({ name }) => didNotStart.some((file) => file.name === name));
  run.numPassedTests += run.numFailedTests + tests.flatMap(({ assertionResults }) => assertionResults).length;
  run.numFailedTests = run.numRuntimeErrorTestSuites = 0;
  writeFileSync(report, JSON.stringify(run));
}
