/** The engine's side of the conversation with Prisma: one JSON-RPC message per line, answered in order. */
import { createInterface } from 'node:readline';
import { dropShadowDatabases } from './migration-adapter.js';
import { panics, type SchemaEngine } from './wasm-engine.js';

interface Request {
  readonly id: number;
  readonly method?: string;
  readonly params: Record<string, unknown>;
}

/** The same function under two names. */
const methodNames: Readonly<Record<string, string>> = { getDatabaseVersion: 'version' };
let printed = 1_000_000;

export function log(level: 'INFO' | 'ERROR', fields: Record<string, unknown>): void {
  const timestamp = new Date().toISOString();
  process.stderr.write(`${JSON.stringify({ timestamp, level, fields, target: 'schema_engine::logger' })}\n`);
}

function send(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

export function serve(loading: Promise<SchemaEngine>): void {
  let inFlight: number | undefined;
  const endInPanic = (error: unknown): void => {
    // A panic of the engine escapes its promise: without this the request has no answer, and the CLI ends as if all were well.
    const message = panics.get() || String(error instanceof Error ? error.stack : error);
    send({ id: inFlight, error: { code: 4466, message: 'panic', data: { is_panic: false, message, meta: null } } });
    log('ERROR', { is_panic: true, message });
    void dropShadowDatabases().finally(() => process.stdout.write('', () => process.exit(1)));
  };
  process.on('uncaughtException', endInPanic);
  process.on('unhandledRejection', endInPanic);

  let turn: Promise<void> = Promise.resolve();
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    const request = JSON.parse(line) as Request;
    // Without a method it is the acknowledgement of something that was printed.
    if (request.method === undefined) return;
    turn = turn.then(async () => {
      inFlight = request.id;
      await answer(request, request.method ?? '', loading);
    });
  });
  lines.on('close', () => void turn.finally(() => process.exit(0)));
}

async function answer(request: Request, method: string, loading: Promise<SchemaEngine>): Promise<void> {
  try {
    const call = (await loading)[methodNames[method] ?? method];
    if (call === undefined) throw new Error(`The offline schema engine has no ${method}.`);
    const engine = await loading;
    const params =
      method === 'introspect'
        ? { ...request.params, namespaces: request.params['namespaces'] ?? null }
        : request.params;
    const result = (await call.call(engine, params)) ?? {};
    if (method !== 'diff') return send({ id: request.id, result });
    // The native engine prints what it found, and answers the exit code alone.
    const { stdout, exitCode } = result as { stdout?: string | null; exitCode: number };
    if (typeof stdout === 'string')
      send({ id: ++printed, method: 'print', params: { content: stdout.replace(/\n$/, '') } });
    send({ id: request.id, result: { exitCode, stdout: null } });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = (error as { code?: unknown }).code;
    const data = { is_panic: error instanceof WebAssembly.RuntimeError, message, meta: null, error_code: code };
    send({
      id: request.id,
      error: { code: 4466, message: 'An error happened. Check the data field for details.', data },
    });
  }
}
