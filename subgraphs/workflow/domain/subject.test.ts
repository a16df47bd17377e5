import { expect, test } from '@jest/globals';
import { checkSubject } from './subject.js';

const sha = 'ab'.repeat(20);

test.each([
  [`Commit:Acme/API@${sha.toUpperCase()}`, `Commit:acme/api@${sha}`],
  [`Commit:acme/api@${'c'.repeat(64)}`, `Commit:acme/api@${'c'.repeat(64)}`],
  ['Repository:Acme/API', 'Repository:acme/api'],
])('%s is what work may be about, in its one spelling', (given, id) => {
  expect(checkSubject(given)?.id).toBe(id);
});

test.each([
  `Commit:acme/api@${sha.slice(0, 7)}`,
  `Commit:${sha}`,
  `Commit:acme/api@${sha}@${sha}`,
  'Wallet:a',
  'acme/api',
])('%s is nothing that work may be about', (given) => {
  expect(checkSubject(given)).toBeNull();
});
