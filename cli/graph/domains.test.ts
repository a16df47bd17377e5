import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { ingests } from './domains.js';

test('every mutation that may be large is one of the graph', () => {
  const api = buildSchema(readFileSync(packagePath('schema', 'api.graphql'), 'utf8'), { assumeValid: true });
  const mutations = Object.keys(api.getMutationType()?.getFields() ?? {});
  expect(mutations).toEqual(expect.arrayContaining([...ingests]));
});
