import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { commandList } from '../cli/command-list.js';
import { servedSubgraphs } from '../cli/graph/subgraphs.js';
import { describeConfig, packagePath } from '../subgraphs/kernel/config/index.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly disable?: boolean };
}

const subgraphs = servedSubgraphs();
const read = (path: string): string => readFileSync(packagePath(path), 'utf8');
const { services } = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);

describe('docker-compose.yml', () => {
  test('has a service for each subgraph, the gateway, the worker, the migrations and the database', () => {
    expect(Object.keys(services).sort()).toEqual([...subgraphs, 'gateway', 'migrate', 'postgres', 'worker'].sort());
  });

  test.each(ours)('%s runs a command that weft has', (_, { command = [] }) => {
    expect(commandList.map(({ name }) => name)).toContain(command[0]);
  });

  test.each(ours)('%s is given only settings that the configuration knows', (_, { environment = {} }) => {
    const known = describeConfig().map(({ name }) => name);
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  test.each(Object.entries(services))(
    '%s waits for services that there are, in a way they can answer',
    (_, service) => {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = services[name];
        expect(other).toBeDefined();
        const answers = other?.healthcheck?.disable === true ? 'service_completed_successfully' : 'service_healthy';
        expect(condition).toBe(answers);
      }
    },
  );

  test('the gateway is told where each subgraph is, by its service name', () => {
    const urls = services['gateway']?.command?.filter((word) => word.startsWith('--remote='));
    expect(urls?.sort()).toEqual(subgraphs.map((name) => `--remote=${name}=http://${name}:4000/graphql`).sort());
  });

  test('holds no secret: each comes from the environment', () => {
    for (const { environment = {} } of Object.values(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|KEY|SECRET|DATABASE_URL/.test(name)) expect(value ?? '${}').toMatch(/\$\{/);
      }
    }
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  test('runs as a user without privileges, says how healthy it is, and installs nothing but what audits fetch commits with', () => {
    expect(lastStage).toMatch(/^USER node$/m);
    expect(lastStage).toMatch(/^HEALTHCHECK .*\\\n.*\/health\/live/m);
    const runs = [...lastStage.matchAll(/^RUN ((?:.*\\\n)*.*)/gm)].map(([, command]) => command);
    expect(runs).toEqual([
      expect.stringMatching(/ install .*--no-install-recommends ca-certificates git openssh-client/),
    ]);
    expect(dockerfile).toContain('npm ci --omit=dev');
  });

  test('is a Debian with glibc, which the query planner needs', () => {
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/-bookworm-slim$/);
  });

  test('leaves out of its context what is built or private', () => {
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.env', '.git', 'dist', 'node_modules']));
  });
});
