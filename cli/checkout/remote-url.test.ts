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
    expect(parseRemoteUrl(url)).toEqual({
      url: 'https://github.com/acme/api',
      host: 'github.com',
      owner: 'acme',
      repo: 'api',
    });
  });

  test('keeps a web port, and takes groups inside groups for the owner', () => {
    expect(parseRemoteUrl('https://git.example.org:8443/qa/tools/api.git')).toEqual({
      url: 'https://git.example.org:8443/qa/tools/api',
      host: 'git.example.org:8443',
      owner: 'qa/tools',
      repo: 'api',
    });
  });

  test.each([
    [
      'https://gitlab.example.org/qa/tools/deep/api.git',
      'https://gitlab.example.org/qa/tools/deep/api',
      'qa/tools/deep',
    ],
    ['git@gitlab.example.org:qa/tools/api.git', 'https://gitlab.example.org/qa/tools/api', 'qa/tools'],
    [
      'https://ann@dev.azure.com/org/My%20Project/_git/My%20Api',
      'https://dev.azure.com/org/My%20Project/_git/My%20Api',
      'org/My%20Project',
    ],
    [
      'git@ssh.dev.azure.com:v3/org/My%20Project/api',
      'https://dev.azure.com/org/My%20Project/_git/api',
      'org/My%20Project',
    ],
    [
      'https://org.visualstudio.com/DefaultCollection/Project/_git/api',
      'https://dev.azure.com/org/Project/_git/api',
      'org/Project',
    ],
    ['https://dev.azure.com/org/_git/api', 'https://dev.azure.com/org/api/_git/api', 'org/api'],
    [
      'https://tfs.example.org/tfs/Collection/Project/_git/api',
      'https://tfs.example.org/tfs/Collection/Project/_git/api',
      'tfs/Collection/Project',
    ],
    ['https://bitbucket.example.org/scm/PROJ/api.git', 'https://bitbucket.example.org/scm/PROJ/api', 'PROJ'],
    ['ssh://git@bitbucket.example.org:7999/~ann/api.git', 'https://bitbucket.example.org/~ann/api', '~ann'],
    ['ssh://ann@review.example.org:29418/api', 'https://review.example.org/api', 'review.example.org'],
    ['https://review.example.org/a/platform/api', 'https://review.example.org/platform/api', 'platform'],
    [
      'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/api',
      'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/api',
      'codecommit.eu-west-1',
    ],
    [
      'codecommit::us-east-2://profile@api',
      'https://git-codecommit.us-east-2.amazonaws.com/v1/repos/api',
      'codecommit.us-east-2',
    ],
  ])('%j is %s', (remote, url, owner) => {
    const host = new URL(url).host;
    expect(parseRemoteUrl(remote)).toEqual({ url, host, owner, repo: url.slice(url.lastIndexOf('/') + 1) });
  });

  test('names of two repositories are never one', () => {
    const remotes = ['My%20Api', 'My-Api', 'My_Api', 'MyApi'].map((name) => `https://dev.azure.com/org/p/_git/${name}`);
    expect(new Set(remotes.map((remote) => parseRemoteUrl(remote)?.repo)).size).toBe(4);
  });

  test.each([
    ['/srv/git/api.git'],
    ['https://dev.azure.com/org/p/_git/a%2Fb'],
    ['../api'],
    ['C:\\repos\\api'],
    ['C:/repos/api'],
    ['file:///srv/git/api.git'],
    ['https://github.com/acme'],
    ['https://github.com/'],
    ['https://github.com/acme/..'],
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
