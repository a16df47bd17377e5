import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { GitFacts } from './git-command.js';

/** Reads `.git` by itself, for a machine without git. Null when the folder and those above it hold no repository. */
export async function readGitFolder(folder: string): Promise<GitFacts | null> {
  const found = await findGitFolder(resolve(folder));
  if (found === null) return null;
  const { root, gitFolder } = found;
  // A linked worktree keeps its own HEAD, and everything else in the repository that it was made from.
  const linked = await readText(join(gitFolder, 'commondir'));
  const shared = linked === null ? gitFolder : resolve(gitFolder, linked);
  const packed = parsePackedRefs((await readText(join(shared, 'packed-refs'))) ?? '');
  const head = (await readText(join(gitFolder, 'HEAD'))) ?? '';
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? null;
  const readRef = async (name: string) => toSha(await readText(join(shared, name))) ?? packed.get(name) ?? null;
  const config = (await readText(join(shared, 'config'))) ?? '';
  const ownConfig = (await readText(join(gitFolder, 'config.worktree'))) ?? '';
  const remote = parseRemotes(config);
  const remoteHead = remote && (await readText(join(shared, 'refs', 'remotes', remote.name, 'HEAD')));
  const prefix = `ref: refs/remotes/${remote?.name}/`;
  return {
    root,
    commitSha: branch === null ? toSha(head) : await readRef(`refs/heads/${branch}`),
    remoteUrl: remote?.url ?? null,
    defaultBranch: remoteHead?.startsWith(prefix) ? remoteHead.slice(prefix.length) : await guess(readRef, branch),
    branch,
    dirty: null,
    isSparse: /^\s*sparsecheckout\s*=\s*true\s*$/im.test(`${config}\n${ownConfig}`),
    isPartial: /^\s*(?:promisor\s*=\s*true|partialclone\s*=.*)\s*$/im.test(config),
  };
}

async function guess(readRef: (name: string) => Promise<string | null>, branch: string | null): Promise<string | null> {
  for (const name of ['main', 'master']) if ((await readRef(`refs/heads/${name}`)) !== null) return name;
  return branch;
}

async function findGitFolder(start: string): Promise<{ root: string; gitFolder: string } | null> {
  for (let root = start; ; root = dirname(root)) {
    const dotGit = join(root, '.git');
    if ((await readText(join(dotGit, 'HEAD'))) !== null) return { root, gitFolder: dotGit };
    const pointer = /^gitdir: (.+)$/.exec((await readText(dotGit)) ?? '')?.[1];
    if (pointer !== undefined) return { root, gitFolder: resolve(root, pointer) };
    if (root === dirname(root)) return null;
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trimEnd();
  } catch {
    return null;
  }
}

function toSha(text: string | null): string | null {
  return text !== null && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null;
}

function parsePackedRefs(text: string): ReadonlyMap<string, string> {
  const refs = text.matchAll(/^([0-9a-f]{40,64}) (\S+)$/gm);
  return new Map(Array.from(refs, ([, sha = '', name = '']) => [name, sha]));
}

/** `origin` if there is one, else the first remote of the configuration. */
function parseRemotes(config: string): { name: string; url: string } | null {
  const remotes: { name: string; url: string }[] = [];
  let name: string | undefined;
  for (const line of config.split('\n')) {
    if (/^\s*\[/.test(line)) name = /^\s*\[remote "(.+)"\]/.exec(line)?.[1];
    const url = /^\s*url\s*=\s*(.+?)\s*$/.exec(line)?.[1];
    if (name !== undefined && url !== undefined) remotes.push({ name, url });
  }
  return remotes.find((remote) => remote.name === 'origin') ?? remotes[0] ?? null;
}
