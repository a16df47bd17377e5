import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRemoteUrl } from './index.js';
import { parseRepositoryName } from './remote-url.js';

describe('the URL of a remote', () => {
  test.each([
    ['https://github.com/acme/api'],
    ['https://github.com/acme/api.git'],
    ['https://github.com/acme/api/'],
    ['https://GitHub.com/acme/api.git?x=1#y'],
    ['https://someone:ghp_secret@github.com/acme/api.git'],
    ['https://x-access-token:secret@github.com/acme/api'],
    ['ssh://git@github.com/acme/api.git'],
    ['ssh://git@github.com:22/acme/api'],
    ['git://github.com/acme/api.git'],
    ['git@github.com:acme/api.git'],
    ['github.com:acme/api'],
    ['  git@github.com:/acme/api.git \n'],
  ])('%j is acme/api on GitHub, without credentials', (url) => {
    expect(parseRemoteUrl(url)).toEqual({ url: 'https://github.com/acme/api', owner: 'acme', repo: 'api' });
  });

  test('keeps a web port, and takes groups inside groups for the owner', () => {
    expect(parseRemoteUrl('https://git.example.org:8443/qa/tools/api.git')).toEqual({
      url: 'https://git.example.org:8443/qa/tools/api',
      owner: 'qa/tools',
      repo: 'api',
    });
  });

  test.each([
    ['/srv/git/api.git'],
    ['../api'],
    ['C:\\repos\\api'],
    ['C:/repos/api'],
    ['file:///srv/git/api.git'],
    ['https://github.com/acme'],
    ['https://github.com/'],
    ['https://github.com/acme/..'],
    ['https://github.com/ac me/api'],
    ['ext::sh -c "touch pwned"'],
    ['javascript:alert(1)//acme/api'],
    [''],
  ])('%j names no repository', (url) => {
    expect(parseRemoteUrl(url)).toBeNull();
  });

  test('never throws and never lets a secret through', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom('https', 'http', 'ssh', 'git'), (token, scheme) => {
        const remote = parseRemoteUrl(`${scheme}://user:${token}@example.org/acme/api.git`);
        expect(remote?.owner).toBe('acme');
        expect(JSON.stringify(remote)).not.toContain(token);
      }),
      { seed: 1 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void parseRemoteUrl(text)),
      { seed: 2 },
    );
  });

  test('a bare owner/name is taken for one on GitHub', () => {
    expect(parseRepositoryName('acme/api')?.url).toBe('https://github.com/acme/api');
    expect(parseRepositoryName('https://git.example.org/qa/api')?.url).toBe('https://git.example.org/qa/api');
    expect(parseRepositoryName('acme')).toBeNull();
  });
});
