import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { existsSync } from 'node:fs';
import { StartupError } from '../errors/index.js';
import { describeConfig, loadConfig, packagePath } from './index.js';

const jwt = {
  WEFT_AUTH: 'jwt',
  WEFT_JWKS_URL: 'https://issuer.example/jwks.json',
  WEFT_JWT_ISSUER: 'https://issuer.example/',
  WEFT_JWT_AUDIENCE: 'weft',
};

function refusal(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError);
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

describe('an empty environment', () => {
  test('is the embedded shape on loopback, with authentication off and demonstration data', () => {
    expect(loadConfig({})).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 4000,
      auth: { mode: 'off' },
      seed: true,
      explorer: true,
      database: { url: undefined, dataDir: '.weft', poolSize: 20 },
    });
  });

  test('is not changed by variables that are set to nothing', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '', WEFT_AUTH: ' ' })).toEqual(loadConfig({}));
  });
});

describe('refusals', () => {
  test('name every unknown and every malformed setting at once, with what was expected', () => {
    const message = refusal({
      PORT: '70000',
      WEFT_AUHT: 'jwt',
      WEFT_SOMETHING_ENTIRELY_ELSE: '1',
      WEFT_LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
    });
    expect(message).toContain('PORT must be a port, 0 to 65535, not "70000"');
    expect(message).toContain('WEFT_AUHT is not a setting; did you mean WEFT_AUTH?');
    expect(message).toContain('WEFT_SOMETHING_ENTIRELY_ELSE is not a setting');
    expect(message).toContain('WEFT_LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent, not "loud"');
    expect(message).toContain('DATABASE_URL must be postgresql://user:password@host:port/database');
    expect(message).toContain('OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL');
    expect(message).not.toContain('hunter2');
  });

  test.each<[string, Record<string, string>, string]>([
    ['no authentication on an address that others reach', { HOST: '0.0.0.0' }, 'HOST must be a loopback address'],
    [
      'no authentication in production',
      { NODE_ENV: 'production', WEFT_AUTH: 'off' },
      'refused with NODE_ENV=production',
    ],
    ['production that says nothing of authentication', { NODE_ENV: 'production' }, 'needs one of WEFT_JWKS_URL'],
    [
      'a server database that says nothing of authentication',
      { DATABASE_URL: 'postgresql://h/d' },
      'needs one of WEFT_JWKS_URL and WEFT_JWKS_FILE, WEFT_JWT_ISSUER, and WEFT_JWT_AUDIENCE',
    ],
    ['the same, said by its parts', { DATABASE_HOST: 'h' }, 'needs one of WEFT_JWKS_URL and WEFT_JWKS_FILE'],
    ['tokens without an audience', { ...jwt, WEFT_JWT_AUDIENCE: '' }, 'needs WEFT_JWT_AUDIENCE'],
    ['two sources of keys', { ...jwt, WEFT_JWKS_FILE: 'keys.json' }, 'not both'],
    ['a key for an endpoint that there is none of', { WEFT_EMBEDDINGS_KEY: 'k' }, 'without WEFT_EMBEDDINGS_URL'],
    [
      'a short encryption key, without showing it',
      { WEFT_ENCRYPTION_KEY: 'c2hvcnQ=' },
      'WEFT_ENCRYPTION_KEY must be 32 bytes',
    ],
  ])('%s', (_name, environment, expected) => {
    const message = refusal(environment);
    expect(message).toContain(expected);
    expect(message).not.toContain('c2hvcnQ=');
  });

  test('a command that serves nobody needs no settings for callers', () => {
    expect(loadConfig({ DATABASE_URL: 'postgresql://h/d', HOST: '0.0.0.0' }, { serves: false }).auth).toBeNull();
  });
});

describe('what is accepted', () => {
  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('authentication off on %s', (HOST) => {
    expect(loadConfig({ HOST }).auth).toEqual({ mode: 'off' });
  });

  test('tokens in production, with the explorer off unless it is asked for', () => {
    const production = { ...jwt, NODE_ENV: 'production', HOST: '0.0.0.0' };
    expect(loadConfig(production)).toMatchObject({
      explorer: false,
      seed: false,
      auth: { mode: 'jwt', audience: 'weft' },
    });
    expect(loadConfig({ ...production, WEFT_EXPLORER: 'on' }).explorer).toBe(true);
  });

  test.each<[string, Record<string, string>, string | undefined]>([
    ['nothing', {}, undefined],
    ['a host', { DATABASE_HOST: 'db.example' }, 'postgresql://db.example:5432/myloware'],
    [
      'all parts, whatever characters they have',
      {
        DATABASE_HOST: '2001:db8::1',
        DATABASE_PORT: '6543',
        DATABASE_NAME: 'a/b',
        DATABASE_USER: 'we@ft',
        DATABASE_PASSWORD: 'p:#/ä',
      },
      'postgresql://we%40ft:p%3A%23%2F%C3%A4@[2001:db8::1]:6543/a%2Fb',
    ],
    ['a URL, which wins', { DATABASE_URL: 'postgresql://h/d', DATABASE_HOST: 'other' }, 'postgresql://h/d'],
  ])('where the database is, said by %s', (_name, environment, expected) => {
    expect(loadConfig(environment, { serves: false }).database.url?.reveal()).toBe(expected);
  });

  test('an encryption key as hex and as base64', () => {
    for (const key of ['ab'.repeat(32), Buffer.alloc(32, 1).toString('base64')]) {
      expect(loadConfig({ WEFT_ENCRYPTION_KEY: key }).encryptionKey?.reveal()).toBe(key);
    }
  });
});

test('secrets are not shown, however the configuration is printed', () => {
  const config = loadConfig({
    ...jwt,
    DATABASE_URL: 'postgresql://weft:hunter2@db/weft',
    WEFT_EMBEDDINGS_URL: 'https://e.example/',
    WEFT_EMBEDDINGS_KEY: 'hunter2',
    WEFT_GITHUB_WEBHOOK_SECRET: 'hunter2',
  });
  for (const printed of [
    inspect(config, { depth: 9, showHidden: true }),
    JSON.stringify(config),
    String(config.database.url),
  ]) {
    expect(printed).not.toContain('hunter2');
  }
  expect(config.database.url?.reveal()).toContain('hunter2');
});

test('every variable is described, and its default is one that it accepts', () => {
  for (const { name, description, expected, fallback } of describeConfig()) {
    expect(description).toMatch(/\.$/);
    expect(expected).not.toBe('');
    if (fallback !== null) expect(() => loadConfig({ [name]: fallback }, { serves: false })).not.toThrow();
  }
});

test('files of the package are found', () => {
  expect(existsSync(packagePath('package.json'))).toBe(true);
});

test('scan settings are read as lists and numbers, and a name server must be an address', () => {
  const { scans } = loadConfig({
    WEFT_SCAN_PORTS: '80, 8443',
    WEFT_SCAN_DNS_SERVERS: '9.9.9.9,[2620:fe::fe]:53,127.0.0.1:5353',
    WEFT_SCAN_PRICE: '0',
  });
  expect(scans).toMatchObject({
    ports: [80, 8443],
    dnsServers: ['9.9.9.9', '[2620:fe::fe]:53', '127.0.0.1:5353'],
    price: 0,
  });
  expect(loadConfig({}).scans).toMatchObject({ ports: [80, 443, 8080, 8443], dnsServers: [], analyser: 'rules' });
  expect(refusal({ WEFT_SCAN_DNS_SERVERS: 'dns.example' })).toContain(
    'WEFT_SCAN_DNS_SERVERS must be addresses of name servers',
  );
  expect(refusal({ WEFT_SCAN_PORTS: '80,web' })).toContain('WEFT_SCAN_PORTS must be ports');
});
