import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ICruiseOptions, type ICruiseResult, cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** Who imports whom in a small house: the first group breaks a rule each, the second none. */
const forbidden: Record<string, readonly [from: string, to: string]> = {
  'no-cycles': ['gateway/a.ts', 'gateway/b.ts'],
  'kernel-imports-no-domain': ['subgraphs/kernel/read/a.ts', 'subgraphs/workflow/index.ts'],
  'domain-imports-no-domain': ['subgraphs/workflow/resolvers/Run.ts', 'subgraphs/traceability/entities.ts'],
  'domain-imports-neither-gateway-nor-cli': ['subgraphs/workflow/index.ts', 'gateway/b.ts'],
  'rules-are-pure': ['subgraphs/workflow/domain/states.ts', 'subgraphs/kernel/db/index.ts'],
  'rules-do-no-io': ['subgraphs/workflow/domain/states.ts', 'node:fs'],
  'sql-stays-in-the-repository': ['subgraphs/workflow/resolvers/Run.ts', 'subgraphs/kernel/db/index.ts'],
  'repository-knows-no-resolver': ['subgraphs/workflow/repository/run.ts', 'subgraphs/workflow/resolvers/Run.ts'],
  'transactions-are-operations': ['subgraphs/platform/repository/chain.ts', 'subgraphs/kernel/write/index.ts'],
  'operations-hold-no-sql': ['subgraphs/workflow/operations/start-run.ts', 'subgraphs/kernel/db/index.ts'],
  'gateway-holds-no-domain-code': ['gateway/c.ts', 'subgraphs/kernel/db/index.ts'],
  'one-entry-point-per-domain': ['cli/main.ts', 'subgraphs/workflow/entities.ts'],
  'a-process-loads-its-domain-when-needed': ['subgraphs/workflow/process.ts', 'subgraphs/workflow/index.ts'],
  'a-process-knows-no-domain-by-name': ['cli/graph/serve.ts', 'subgraphs/workflow/index.ts'],
  'only-the-composition-root-imports-cli': ['schema/index.ts', 'cli/main.ts'],
  'product-imports-no-test': ['gateway/c.ts', 'tests/testkit/index.ts'],
  'nothing-of-development-runs': ['gateway/c.ts', 'a-dev-package'],
  'composition-is-a-build-step': ['cli/main.ts', 'schema/composition.ts'],
};
const allowed: readonly (readonly [from: string, to: string])[] = [
  ['subgraphs/workflow/resolvers/Run.ts', 'subgraphs/workflow/repository/run.ts'],
  ['subgraphs/workflow/repository/run.ts', 'subgraphs/kernel/db/index.ts'],
  ['subgraphs/workflow/operations/start-run.ts', 'subgraphs/kernel/write/index.ts'],
  ['subgraphs/workflow/operations/start-run.ts', 'subgraphs/workflow/repository/run.ts'],
  ['subgraphs/workflow/domain/states.ts', 'subgraphs/kernel/errors/index.ts'],
  ['gateway/c.ts', 'subgraphs/kernel/errors/index.ts'],
  ['cli/main.ts', 'subgraphs/workflow/index.ts'],
  ['cli/main.ts', 'gateway/a.ts'],
  ['schema/composition.ts', 'a-dev-package'],
  ['tests/testkit/index.ts', 'subgraphs/workflow/entities.ts'],
];

const { options, forbidden: rules } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'weft-boundaries-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  };
  write('package.json', JSON.stringify({ type: 'module', devDependencies: { 'a-dev-package': '*' } }));
  write('node_modules/a-dev-package/package.json', JSON.stringify({ name: 'a-dev-package', main: 'index.js' }));
  write('node_modules/a-dev-package/index.js', '');
  write('tsconfig.json', JSON.stringify({ compilerOptions: { module: 'NodeNext' } }));
  const imports = new Map<string, string[]>();
  for (const [from, to] of [...Object.values(forbidden), ...allowed, ['gateway/b.ts', 'gateway/a.ts'] as const]) {
    const relative = to.includes('/') ? `${'../'.repeat(from.split('/').length - 1)}${to.replace(/\.ts$/, '.js')}` : to;
    imports.set(from, [...(imports.get(from) ?? []), relative]);
    if (to.includes('/') && !imports.has(to)) imports.set(to, []);
  }
  for (const [path, targets] of imports) {
    write(
      path,
      `${targets.map((target) => `import '${target.startsWith('../') ? `./${target}` : target}';`).join('\n')}\n`,
    );
  }
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

async function violations(): Promise<{ rule: string; from: string; to: string }[]> {
  const cruiseOptions: ICruiseOptions = { ...options, ruleSet: { forbidden: rules }, validate: true, baseDir: house };
  const tsConfig = extractTSConfig(join(house, 'tsconfig.json'));
  const folders = ['cli', 'gateway', 'schema', 'subgraphs', 'tests'];
  const { output } = await cruise(folders, cruiseOptions, {}, { tsConfig });
  return (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

describe('import boundaries', () => {
  test('each rule finds its planted violation, and nothing that is allowed', async () => {
    const found = await violations();
    const places = found.map(({ from, to }) => `${from} → ${to}`);
    for (const [rule, [from]] of Object.entries(forbidden)) {
      expect(found.filter((violation) => violation.rule === rule).map((violation) => violation.from)).toContain(from);
    }
    for (const [from, to] of allowed) expect(places).not.toContain(`${from} → ${to}`);
  });

  test('every rule has a planted violation', () => {
    const names = (rules as { name: string }[]).map(({ name }) => name).filter((name) => name !== 'no-unresolvable');
    expect(Object.keys(forbidden).sort()).toEqual(names.sort());
  });
});
