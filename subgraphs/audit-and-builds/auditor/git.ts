/** git without anybody's configuration: a bare store of our own, nothing checked out, so that nothing of a repository can run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from '../../kernel/config/index.js';
import { redactSecrets } from '../domain/redaction.js';

/** The commit can't be had. The message is for people. */
export class FetchFailure extends Error {
  /** Whether the next try may succeed: the network was at fault, not the repository. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass = false, cause }: { mayPass?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.mayPass = mayPass;
  }
}

export interface GitStore {
  /** The bare repository. */
  readonly folder: string;
  /** The one protocol that may be spoken. */
  readonly protocol: string;
  readonly signal: AbortSignal;
}

const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.bigFileThreshold=2m',
  'core.alternateRefsCommand=true',
  'credential.helper=',
  'fetch.recurseSubmodules=no',
  'fetch.writeCommitGraph=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
  'pack.threads=1',
  'protocol.version=2',
  // A small pack stays a pack: its size on disk is watched.
  'transfer.unpackLimit=1',
].flatMap((setting) => ['-c', setting]);

export function startGit(
  { folder, protocol, signal }: GitStore,
  args: readonly string[],
  input: 'pipe' | 'ignore',
): ChildProcess {
  return spawn('git', [...settings, '-C', folder, ...args], {
    // Its helpers end with it: a group of its own can be ended as a whole.
    detached: true,
    stdio: [input, 'pipe', 'pipe'],
    signal,
    env: {
      ...childEnvironment(),
      LC_ALL: 'C',
      GIT_ALLOW_PROTOCOL: protocol,
      GIT_ASKPASS: 'true',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_NO_LAZY_FETCH: '1',
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=20',
      GIT_TERMINAL_PROMPT: '0',
    },
  });
}

/** Ends it with all that it started. */
export function endGit(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

const network =
  /could not resolve host|(?:failed to|couldn't) connect|connection (?:refused|reset|timed out)|operation (?:timed out|too slow)|early eof|the remote end hung up|HTTP 5\d\d|error: 5\d\d|network is unreachable|ssl_error_syscall|RPC failed/i;

/** Waits for its end. Throws FetchFailure with what it said last. */
export async function endOfGit(child: ChildProcess, signal: AbortSignal, what: string): Promise<void> {
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-10_000)));
  signal.addEventListener('abort', () => endGit(child), { once: true });
  if (signal.aborted) endGit(child);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === 0) return;
  } catch (error) {
    if (!signal.aborted) throw new FetchFailure('git can’t be run on this machine.', { cause: error });
  }
  if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : new Error('the audit was ended');
  throw new FetchFailure(`${what}: ${reasonIn(errors)}`, { mayPass: network.test(errors) });
}

function reasonIn(errors: string): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => /^(?:fatal|error|remote):/.test(each)) ?? lines.at(-1) ?? 'git gave no reason';
  return redactSecrets(line.replace(/^(?:fatal|error): /, '')).slice(0, 300);
}

/** What it writes, up to `limit` bytes. */
export async function outputOfGit(store: GitStore, args: readonly string[], limit: number): Promise<Buffer> {
  const child = startGit(store, args, 'ignore');
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) endGit(child);
    else chunks.push(chunk);
  });
  await endOfGit(child, store.signal, `git ${args[0] ?? ''} failed`);
  return Buffer.concat(chunks);
}
