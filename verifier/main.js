#!/usr/bin/env node
/** `node main.js <bundle> --checkpoint <file> --key <verifier key or file>`: verifies, and exits with 1 when anything is wrong. */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parseVerifierKey, verifyBundle } from './index.js';
import { render } from './render.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    checkpoint: { type: 'string', multiple: true, default: [] },
    key: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
if (file === undefined || positionals.length > 1) {
  console.error('usage: weft-verifier <bundle> [--checkpoint <file>]… [--key <verifier key or file>]… [--json]');
  process.exit(2);
}
const report = await verifyBundle(createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity }), {
  checkpoints: values.checkpoint.map((path) => readFileSync(path, 'utf8')),
  keys: values.key.map((key) => parseVerifierKey(existsSync(key) ? readFileSync(key, 'utf8') : key)),
  onProgress: (entries, size) => process.stderr.write(`\r${entries} of ${size} entries`),
});
if (report.entries >= 10_000) process.stderr.write('\n');
for (const line of values.json ? [JSON.stringify(report, null, 2)] : render(report)) console.log(line);
process.exitCode = report.faults.length === 0 ? 0 : 1;
