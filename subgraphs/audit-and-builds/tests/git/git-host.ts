/** A host of git repositories over http, as `git http-backend` serves them, with a token for each that is private. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { childEnvironment } from '../../../kernel/config/index.js';

export interface GitHost {
  readonly url: string;
  /** Where the repositories are. */
  readonly folder: string;
  /** Needed to read it from now on: a token, or one of which that is said. */
  protect(fullName: string, token: string | ((token: string) => boolean)): void;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function openGitHost(): Promise<GitHost> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-git-host-'));
  const tokens = new Map<string, string | ((token: string) => boolean)>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://host');
    asked.push(pathname);
    const token = tokens.get(/^\/([^/]+\/[^/]+)\.git\//.exec(pathname)?.[1] ?? '');
    const given = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    const shown = given.replace(/^x-access-token:/, '');
    if (token !== undefined && (given === shown || !(typeof token === 'string' ? token === shown : token(shown)))) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    serve(folder, request, response, { pathname, search });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    asked,
    protect: (fullName, token) => void tokens.set(fullName, token),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, search }: { pathname: string; search: string },
): void {
  const protocol = request.headers['git-protocol'];
  const child = spawn('git', ['http-backend'], {
    env: {
      ...childEnvironment(),
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      ...(typeof protocol === 'string' && { GIT_PROTOCOL: protocol }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === null) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const headers = head
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(/:\s*/, 2) as [string, string]);
    const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1];
    response.writeHead(
      Number.parseInt(status ?? '200', 10),
      Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== 'status')),
    );
    response.write(head.subarray(end + 4));
    head = null;
  });
  child.on('close', () => response.end());
}

/** A repository on the host, and what its author does. */
export class TestRepository {
  readonly folder: string;

  constructor(
    host: GitHost,
    readonly fullName: string,
  ) {
    this.folder = join(host.folder, `${fullName}.git`);
    mkdirSync(this.folder, { recursive: true });
    this.git('init', '-q', '--bare', '-b', 'main', '.');
  }

  git(...args: string[]): string {
    return this.gitWith('', ...args);
  }

  gitWith(input: string | Buffer, ...args: string[]): string {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    return execFileSync('git', [...identity, '-C', this.folder, ...args], {
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...childEnvironment(),
        GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
        GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
      },
    })
      .toString()
      .trim();
  }

  blob(content: string | Buffer): string {
    return this.gitWith(content, 'hash-object', '-w', '--stdin');
  }

  /** A commit of exactly these files; a content may be `[mode, object]`. Answers its hash. */
  commit(files: Readonly<Record<string, string | readonly [mode: string, oid: string]>>, parent?: string): string {
    this.git('read-tree', '--empty');
    const lines = Object.entries(files).map(([path, content]) => {
      const [mode, oid] = typeof content === 'string' ? (['100644', this.blob(content)] as const) : content;
      return `${mode} ${oid}\t${path}`;
    });
    this.gitWith(lines.map((line) => `${line}\0`).join(''), 'update-index', '-z', '--index-info');
    const parents = parent === undefined ? [] : ['-p', parent];
    return this.git('commit-tree', this.git('write-tree'), ...parents, '-m', 'change');
  }

  branch(name: string, commit: string): void {
    this.git('update-ref', `refs/heads/${name}`, commit);
  }
}

export function writeProgram(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}
