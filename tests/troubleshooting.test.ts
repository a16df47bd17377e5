import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { packagePath } from '../subgraphs/kernel/config/index.js';

const readme = readFileSync(packagePath('README.md'), 'utf8');
const section = readme.slice(readme.indexOf('## When something is wrong'), readme.indexOf('## More'));
const symptoms = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, text]) => text ?? '');

const sources = ['cli', 'gateway', 'subgraphs/kernel', 'tests/testkit'].flatMap((room) =>
  readdirSync(packagePath(room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('prisma-client'))
    .map((file) => readFileSync(packagePath(room, file), 'utf8')),
);

test('the README helps with what people see', () => {
  expect(symptoms.length).toBeGreaterThan(15);
});

test.each(symptoms)('"%s" is a text that the program says', (symptom) => {
  expect(sources.some((source) => source.includes(symptom))).toBe(true);
});
