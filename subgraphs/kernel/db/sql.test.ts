import { expect, test } from '@jest/globals';
import { sql, statementName } from './sql.js';

test('values become parameters in order, and never text', () => {
  const { text, values } = sql`select ${1} + ${"'; drop table x; --"}`;
  expect(text).toBe('select $1 + $2');
  expect(values).toEqual([1, "'; drop table x; --"]);
});

test('fragments are put in place with their own parameters, numbered through', () => {
  const inner = sql`b = ${2} and ${sql`c = ${3}`}`;
  const { text, values } = sql`where a = ${1} and ${inner} and d = ${4}${sql``}`;
  expect(text).toBe('where a = $1 and b = $2 and c = $3 and d = $4');
  expect(values).toEqual([1, 2, 3, 4]);
});

test('raw text and joined fragments take no parameters of their own', () => {
  const columns = sql.join([sql.raw('"a"'), sql`coalesce(b, ${0})`]);
  const { text, values } = sql`select ${columns} from ${sql.raw('t')}`;
  expect(text).toBe('select "a", coalesce(b, $1) from t');
  expect(values).toEqual([0]);
  expect(sql.join([]).text).toBe('');
});

test('undefined, null and arrays are values like any other', () => {
  expect(sql`${undefined} ${null} ${[1]}`.values).toEqual([undefined, null, [1]]);
});

test('json makes JSON of anything, so that a list does not become an array of PostgreSQL', () => {
  expect([sql.json(['a']), sql.json('a'), sql.json(undefined)]).toEqual(['["a"]', '"a"', 'null']);
});

test('the name is what the leading comment says and stands for exactly the text', () => {
  const name = (table: string) => sql`/* evidence.byId */ select * from ${sql.raw(table)} where id = ${1}`.name;
  expect(name('a')).toMatch(/^evidence\.byId:[0-9a-f]{16}$/);
  expect(name('a')).toBe(name('a'));
  expect(name('a')).not.toBe(name('b'));
});

test('a name never exceeds what PostgreSQL keeps of it, 63 bytes', () => {
  expect(Buffer.byteLength(statementName(`/* ${'a'.repeat(46)} */ select 1`))).toBe(63);
  expect(statementName(`/* ${'a'.repeat(47)} */ select 1`)).toMatch(/^sql:[0-9a-f]{16}$/);
  expect(statementName('select 1')).toMatch(/^sql:/);
});
