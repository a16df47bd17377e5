/** A repository as its remote names it. */
export interface RemoteRepository {
  /** `https://host/owner/repo`: one spelling for every transport, and never with credentials. */
  readonly url: string;
  readonly owner: string;
  readonly repo: string;
}

/**
 * Reads the URL of a git remote: https, ssh, git, and `git@host:owner/repo`, with and without `.git`. Groups inside groups
 * belong to the owner. Null for a path on this machine, which names no repository to anybody else.
 */
export function parseRemoteUrl(text: string): RemoteRepository | null {
  const trimmed = text.trim();
  const place = trimmed.includes('://') ? parseUrl(trimmed) : parseScp(trimmed);
  if (place === null) return null;
  const segments = place.path.split('/').filter((segment) => segment !== '');
  const repo = segments.pop()?.replace(/\.git$/, '');
  const owner = segments.join('/');
  if (repo === undefined || repo === '' || owner === '') return null;
  if (![...segments, repo].every((segment) => /^[\w.~-]+$/.test(segment) && !/^\.+$/.test(segment))) return null;
  return { url: `https://${place.host}/${owner}/${repo}`, owner, repo };
}

/** `acme/api`, or the URL of a remote. */
export function parseRepositoryName(text: string): RemoteRepository | null {
  const isName = /^[\w.~-]+\/[\w.~-]+$/.test(text);
  return parseRemoteUrl(isName ? `https://github.com/${text}` : text);
}

function parseUrl(text: string): { host: string; path: string } | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, pathname } = new URL(text);
  if (!['https:', 'http:', 'ssh:', 'git:', 'git+ssh:'].includes(protocol) || hostname === '') return null;
  // A port of ssh or git says nothing about where the web page is.
  const host = protocol.startsWith('http') && port !== '' ? `${hostname}:${port}` : hostname;
  return { host: host.toLowerCase(), path: pathname };
}

/** `user@host:path`. One letter before the colon is a drive of Windows. */
function parseScp(text: string): { host: string; path: string } | null {
  const [, host, path] = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]{2,}):(?!\/\/)(\S+)$/.exec(text) ?? [];
  return host === undefined || path === undefined ? null : { host: host.toLowerCase(), path };
}
