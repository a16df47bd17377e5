/** A repository as its remote names it. */
export interface RemoteRepository {
  /** Where git finds it by https, as far as that can be told: never with credentials. */
  readonly url: string;
  /** In lower case. One `owner/repo` on two hosts is two repositories. */
  readonly host: string;
  readonly owner: string;
  readonly repo: string;
}

/**
 * Reads the URL of a git remote: https, ssh, git, and `git@host:owner/repo`, with and without `.git`, of any host. Groups
 * inside groups belong to the owner; a space in a name stays `%20`, so that no two names become one. Null for a path on
 * this machine, which names no repository to anybody else, and for what isn't understood.
 */
export function parseRemoteUrl(text: string): RemoteRepository | null {
  const trimmed = text.trim();
  const codeCommit = parseCodeCommit(trimmed);
  if (codeCommit !== null) return codeCommit;
  const place = trimmed.includes('://') ? parseUrl(trimmed) : parseScp(trimmed);
  if (place === null) return null;
  const segments = place.path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replaceAll(' ', '%20'));
  const last = segments.pop()?.replace(/\.git$/, '');
  if (last === undefined || last === '') return null;
  const { host, path, inUrl = path } = ofHost(place, [...segments, last]);
  const repo = path.at(-1) ?? '';
  const above = path.slice(0, -1);
  if (above.length === 0 || !path.every(isName)) return null;
  return { url: `https://${host}/${inUrl.join('/')}`, host, owner: above.join('/'), repo };
}

/** True for what is reached over a network, whether or not it is understood: it is no folder of this machine. */
export function isNetworkRemote(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.includes('://')
    ? !trimmed.startsWith('file://')
    : parseScp(trimmed) !== null || trimmed.includes('::');
}

/** A name as it stands in a URL. */
function isName(segment: string): boolean {
  return (
    /^(?:[\w.~-]|%[0-9A-Fa-f]{2})+$/.test(segment) && !/^\.+$/.test(segment) && !/%(?:2f|5c|0\d|1\d)/i.test(segment)
  );
}

interface Found {
  readonly host: string;
  /** Owner and repository. */
  readonly path: readonly string[];
  /** As it stands in the URL, where that is another. */
  readonly inUrl?: readonly string[];
}

/** What some hosts put between their name and that of a repository is not part of it. */
function ofHost({ host, isWeb }: Place, segments: readonly string[]): Found {
  // Azure DevOps: organisation/project/_git/repository, by ssh v3/organisation/project/repository.
  if (/^(?:ssh\.dev\.azure|vs-ssh\.visualstudio)\.com$/.test(host) && segments[0] === 'v3') {
    return inAzure('dev.azure.com', segments.slice(1, -1), segments.at(-1) ?? '');
  }
  const organisation = /^([\w-]+)\.visualstudio\.com$/.exec(host)?.[1];
  if (segments.length > 2 && segments.at(-2) === '_git') {
    const above = segments.slice(0, -2);
    const repo = segments.at(-1) ?? '';
    if (organisation === undefined) return inAzure(host, above, repo);
    return inAzure('dev.azure.com', [organisation, ...above.filter((each) => each !== 'DefaultCollection')], repo);
  }
  // Bitbucket Server by https: scm/PROJECT/repository.
  if (isWeb && segments[0] === 'scm' && segments.length === 3)
    return { host, path: segments.slice(1), inUrl: segments };
  // Gerrit with a password: a/project.
  const isGerrit = isWeb && segments[0] === 'a' && segments.length > 1 && host !== 'github.com';
  const project = isGerrit ? segments.slice(1) : segments;
  if (project.length > 1 || (isWeb && !isGerrit)) return { host, path: project };
  // Gerrit and others have projects without an owner: then the host is.
  return { host, path: [host.replace(/:\d+$/, ''), ...project], inUrl: project };
}

function inAzure(host: string, above: readonly string[], repo: string): Found {
  // A project's first repository bears its name, and its URL leaves the project out.
  const owner = host === 'dev.azure.com' && above.length === 1 ? [...above, repo] : above;
  return { host, path: [...owner, repo], inUrl: [...owner, '_git', repo] };
}

/** CodeCommit says the region, never the account. */
function parseCodeCommit(text: string): RemoteRepository | null {
  const grc = /^codecommit(?:::([a-z0-9-]+))?:\/\/(?:[^@/]+@)?([\w.-]+)$/.exec(text);
  const url =
    /^(?:https|ssh):\/\/(?:[^@/]+@)?git-codecommit\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/v1\/repos\/([\w.-]+)$/.exec(
      text,
    );
  const [, region, repo] = grc ?? url ?? [];
  if (region === undefined || repo === undefined || !isName(repo)) return null;
  const owner = `codecommit.${region}`;
  const host = `git-codecommit.${region}.amazonaws.com`;
  return { url: `https://${host}/v1/repos/${repo}`, host, owner, repo };
}

/** `acme/api`, or the URL of a remote. */
export function parseRepositoryName(text: string): RemoteRepository | null {
  const isShort = /^[\w.~%-]+(?:\/[\w.~%-]+)+$/.test(text);
  return parseRemoteUrl(isShort ? `https://github.com/${text}` : text);
}

interface Place {
  readonly host: string;
  readonly path: string;
  readonly isWeb: boolean;
}

function parseUrl(text: string): Place | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, pathname } = new URL(text);
  if (!['https:', 'http:', 'ssh:', 'git:', 'git+ssh:'].includes(protocol) || hostname === '') return null;
  // A port of ssh or git says nothing about where the web page is.
  const isWeb = protocol.startsWith('http');
  const host = isWeb && port !== '' ? `${hostname}:${port}` : hostname;
  return { host: host.toLowerCase(), path: pathname, isWeb };
}

/** `user@host:path`. One letter before the colon is a drive of Windows. */
function parseScp(text: string): Place | null {
  const [, host, path] = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]{2,}):(?!\/\/)(\S+)$/.exec(text) ?? [];
  return host === undefined || path === undefined ? null : { host: host.toLowerCase(), path, isWeb: false };
}
