import { describe, expect, test } from '@jest/globals';
import { file, judged, outcome, tree } from './judged.js';

/** Put together, so that no scanner takes this file for what it tests. */
const planted: Readonly<Record<string, string>> = {
  github: ['ghp_', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3Xc5'].join(''),
  'aws key id': ['AKIA', 'Z7QWERTY5ASDFGH3'].join(''),
  gitlab: ['glpat-', 'Zx9Qw3Er7Ty1Ui5Op2As'].join(''),
  google: ['AIza', 'SyZx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lzz'].join(''),
  stripe: ['sk_live_', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4'].join(''),
  slack: ['xoxb-', '123456789012-1234567890123-Zx9Qw3Er7Ty1Ui5Op2As8Df4'].join(''),
  'private key': [
    '-----BEGIN RSA',
    ' PRIVATE KEY-----\n',
    'MIIEpAIBAAKCAQEAx3vR'.repeat(20),
    '\n-----END RSA PRIVATE KEY-----',
  ].join(''),
  'connection string': ['postgresql://pump:', 'Zx9Qw3Er7@prod.acme.test/pumps'].join(''),
};

describe('W1, secrets', () => {
  test.each(Object.entries(planted))('%s is found by line, and told without its text', async (_name, secret) => {
    const outcomes = await judged({
      files: [file('src/config.ts', `// settings\nexport const value = \`${secret}\`;\n`)],
    });
    const found = outcomes.find(({ code }) => code === 'W1');
    expect(found?.result).toBe('FAIL');
    expect(found?.findings[0]).toMatchObject({ severity: 'ERROR', path: 'src/config.ts', line: 2 });
    for (const part of secret.split('\n')) expect(JSON.stringify(outcomes)).not.toContain(part.slice(0, 25));
  });

  test.each([
    ['a.py', 'password = "Sup3r-Secret!"', 'a password'],
    ['a.ts', `const dbPassword = 'tr0ub4dor&3';`, 'a password'],
    ['a.go', 'apiKey := "9f8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d"', 'a key'],
    ['a.json', '{ "client_secret": "kJ8sD2fGh5Lq9ZxW3vB7" }', 'a secret'],
    ['.env', 'export SESSION_TOKEN=kJ8sD2fGh5Lq9ZxW3vB7nM1', 'a token'],
    ['conf/app.yaml', 'db:\n  password: hunter2hunter2\n', 'a password'],
  ])('%s with a value of no known form warns: %s', async (path, content, kind) => {
    const { result, findings } = await outcome('W1', { files: [file(path, content)] });
    expect([result, findings.map(({ message }) => message)]).toEqual([
      'WARN',
      [`has what looks like the value of ${kind}`],
    ]);
  });

  test.each([
    ['a.py', 'password = os.environ["DB_PASSWORD"]\npassword = "changeme1"\npassword = "<your-password-1>"'],
    ['a.ts', `const token = getToken(); const apiKey = settings.API_KEY; type A = { password: 'string' };`],
    ['a.ts', `const passwordField = 'user.password1'; const tokenUrl = 'https://x.example/oauth2/token';`],
    ['.env.example', 'SECRET_KEY=kJ8sD2fGh5Lq9ZxW3vB7nM1\n'],
    ['compose.yaml', 'POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\nurl: postgres://user:pass@localhost:5432/db\n'],
    ['README.md', 'password = "Passw0rd!"'],
    ['tests/login.test.ts', `const password = 'Passw0rd!';`],
    ['package-lock.json', `{"integrity":"sha512-${'kJ8sD2fGh5Lq9ZxW3vB7'.repeat(4)}=="}`],
    ['yarn.lock', `  resolved "https://x.example/a.tgz#${planted['github'] ?? ''}"`],
    ['a.ts', `const t = '${planted['github'] ?? ''}'; // weft:allow`],
  ])('%s with %j is a PASS', async (path, content) => {
    const { result, detail } = await outcome('W1', { files: [file(path, content)] });
    expect([result, detail]).toEqual(['PASS', null]);
  });

  test('in tests what has a form warns, and an allow-list of patterns and paths leaves out', async () => {
    const secret = planted['github'] ?? '';
    const source = `const t = '${secret}';`;
    expect((await outcome('W1', { files: [file('tests/a.test.ts', source)] })).result).toBe('WARN');
    for (const allowed of ['allow: [ghp_Zx9]', 'paths: ["src/**"]']) {
      const files = tree({ '.weft/audit.yaml': `secrets:\n  ${allowed}\n`, 'src/a.ts': source });
      expect([allowed, (await outcome('W1', { files })).result]).toEqual([allowed, 'PASS']);
    }
  });
});
