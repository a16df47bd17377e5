import { expect, test } from '@jest/globals';
import { execute, parse, validate } from 'graphql';
import { loadSubgraph } from '../../../cli/graph/subgraphs.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { openTestDatabase } from '../../testkit/index.js';
import { ids, populate } from './world.js';

test('a process that serves one domain alone filters by what others say', async () => {
  const opened = await openTestDatabase();
  try {
    await populate(opened.database);
    const schema = await loadSubgraph('workflow', loadConfig({}, { serves: false }));
    const document = parse(
      '{ workItems(filter: { subject: { build: { project: { repository: { requirements: { some: {} } } } } } }) { nodes { subjectId } } }',
    );
    expect(validate(schema, document)).toEqual([]);
    const contextValue = {
      auth: Identity.of({ subject: 'user_jana', scopes: [] }),
      ...{ requestId: 'test', db: opened.database, database: opened.database, loaders: new Map(), signal: undefined },
    };
    const asked = await execute({ schema, document, contextValue });
    expect(asked.errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining('may follow 3 relations') }),
    ]);
    const shorter = parse(
      '{ workItems(filter: { subject: { build: { project: { repository: {} } } } }) { nodes { subjectId } } }',
    );
    const { data, errors } = await execute({ schema, document: shorter, contextValue });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ workItems: { nodes: [{ subjectId: ids.build }] } });
  } finally {
    await opened.close();
  }
});
