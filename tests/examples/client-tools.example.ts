/** relay-compiler, GraphQL Code Generator, gql.tada and Apollo Client read the committed schema with no setting but where it is. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kind, parse, print, type OperationDefinitionNode } from 'graphql';
import { readOperationCollections } from '../../schema/index.js';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { startProgram } from '../testkit/index.js';

const operations = readOperationCollections()
  .flatMap(({ document }) => [...parse(document).definitions])
  .filter((definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-client-tools-'));
  cpSync(packagePath('tests', 'examples', 'client-tools'), folder, { recursive: true });
  copyFileSync(packagePath('schema', 'api.graphql'), join(folder, 'schema.graphql'));
  for (const operation of operations) writeModules(operation);
  const names = operations.filter(({ operation }) => operation === 'query').map(nameOf);
  const imports = names.map((name) => `import { operation as ${name} } from './${name}.js';`);
  writeFileSync(
    join(folder, 'src/codegen/queries.ts'),
    `${imports.join('\n')}\nexport const queries = { ${names.join(', ')} };\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function nameOf({ name }: OperationDefinitionNode): string {
  return name?.value ?? '';
}

/** One module for each tool that reads operations from sources. */
function writeModules(operation: OperationDefinitionNode): void {
  const name = nameOf(operation);
  const text = print(operation);
  const suffix = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[operation.operation];
  const told = (kind: string) => `export const ${kind}Told: Told<${kind}Of<typeof operation>> = true;`;
  const modules = {
    // Relay wants an operation to bear the name of its module and its kind.
    relay: `import { graphql } from 'relay-runtime';
      export const operation = graphql\`${text.replace(name, `${name}${suffix}`)}\`;`,
    codegen: `import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
      import { graphql } from './gql/index.js';
      import type { Told } from '../told.js';
      export const operation = graphql(\`${text}\`);
      ${told('Result')} ${told('Variables')}`,
    tada: `import { graphql, type ResultOf, type VariablesOf } from './graphql.js';
      import type { Told } from '../told.js';
      export const operation = graphql(\`${text}\`);
      ${told('Result')} ${told('Variables')}`,
  };
  for (const [tool, source] of Object.entries(modules)) writeFileSync(join(folder, 'src', tool, `${name}.ts`), source);
}

/** Its output. Fails the test with everything that was printed when the command does. */
function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  expect({ args, status, printed: status === 0 ? '' : stdout + stderr }).toEqual({ args, status: 0, printed: '' });
  return stdout;
}

test('each tool generates from every operation, what it generates compiles, and Apollo’s cache answers what the network did', async () => {
  run('npm', 'ci', '--ignore-scripts');
  run('npm', 'run', '--silent', 'generate');
  run('npm', 'run', '--silent', 'typecheck');
  const program = startProgram(['cli', 'main.ts'], ['start'], { PORT: '0', WEFT_DATA_DIR: join(folder, 'store') });
  try {
    for await (const line of program.lines) {
      const url = /Weft is ready at (http:\/\/\S+)/.exec(line)?.[1];
      if (url === undefined) continue;
      const printed = run('npx', 'tsx', 'src/apollo.ts', url);
      const queries = operations.filter(({ operation }) => operation === 'query').length;
      expect(JSON.parse(printed)).toEqual({ queries, names: 3, warnings: [] });
      return;
    }
    throw new Error((await program.ended).errors);
  } finally {
    await program.kill();
  }
}, 600_000);
