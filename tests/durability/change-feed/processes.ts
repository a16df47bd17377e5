/** What is killed: two gateways with most of the graph in them, and the subgraph that the feed comes from. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { startProgram, type ChildProgram } from '../../testkit/index.js';

export interface Environment {
  readonly databaseUrl: string;
  readonly jwksFile: string;
  readonly issuer: string;
  readonly audience: string;
}

export interface StationOptions {
  readonly name: string;
  readonly environment: Environment;
  readonly args: (port: number) => readonly string[];
  /** How often it will be replaced. */
  readonly replacements: number;
}

const maxAttempts = 5;

/** A process at one address, which another takes over whenever it is replaced. */
export class Station {
  readonly name: string;
  readonly url: string;
  /** Greatest resident set of all who stood here (bytes). */
  peakBytes = 0;
  readonly #load: () => Promise<ChildProgram>;
  #running: ChildProgram | null = null;
  /** Loaded ahead of its time: what a start costs is no part of what is tested. */
  #next: Promise<ChildProgram> | null = null;
  #replacements: number;

  static async open({ name, environment, args: argsOf, replacements }: StationOptions): Promise<Station> {
    const port = await freePort();
    const args = argsOf(port);
    const variables = {
      DATABASE_URL: environment.databaseUrl,
      WEFT_AUTH: 'jwt',
      WEFT_JWKS_FILE: environment.jwksFile,
      WEFT_JWT_ISSUER: environment.issuer,
      WEFT_JWT_AUDIENCE: environment.audience,
      WEFT_LOG_LEVEL: 'silent',
      WEFT_DATABASE_POOL_SIZE: '8',
      PORT: String(port),
    };
    const station = new Station({ name, port, load: () => load(args, variables), replacements });
    await station.#take();
    return station;
  }

  private constructor(options: {
    name: string;
    port: number;
    load: () => Promise<ChildProgram>;
    replacements: number;
  }) {
    this.name = options.name;
    this.url = `http://127.0.0.1:${options.port}/graphql`;
    this.#load = options.load;
    this.#replacements = options.replacements;
  }

  /** Kills it as a power cut would; resolves when another answers in its place. */
  async replace(): Promise<void> {
    await this.#running?.kill();
    await this.#take();
  }

  async #take(): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      this.#running = await (this.#next ?? this.#load());
      this.#next = null;
      try {
        await run(this.#running);
        return this.#prepare();
      } catch (error) {
        // As whoever supervises it would: on a busy machine the database may not answer a start in time.
        if (attempts === maxAttempts) throw error;
      }
    }
  }

  #prepare(): void {
    if (this.#replacements === 0) return;
    this.#replacements -= 1;
    this.#next = this.#load();
  }

  observe(): void {
    try {
      const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#running?.pid}/status`, 'utf8'))?.[1];
      this.peakBytes = Math.max(this.peakBytes, Number(resident ?? 0) * 1024);
    } catch {
      // Between two processes.
    }
  }

  /** Bytes that are left after a collection of garbage. */
  async measure(): Promise<number> {
    if (this.#running === null) throw new Error(`${this.name} does not run`);
    process.kill(this.#running.pid, 'SIGUSR2');
    return (JSON.parse(await nextLine(this.#running, /^\{/)) as { bytes: number }).bytes;
  }

  async close(): Promise<void> {
    await Promise.all([this.#running?.kill(), this.#next?.then((program) => program.kill())]);
  }
}

async function load(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<ChildProgram> {
  const program = startProgram(['tests', 'durability', 'change-feed', 'process.fixture.ts'], args, environment);
  await nextLine(program, /^loaded$/);
  return program;
}

async function run(program: ChildProgram): Promise<void> {
  process.kill(program.pid, 'SIGUSR2');
  await nextLine(program, / at http\S+$/);
}

async function nextLine(program: ChildProgram, wanted: RegExp): Promise<string> {
  for (;;) {
    const { value } = (await program.lines.next()) as { value: string | undefined };
    if (value === undefined) {
      const { code, errors } = await program.ended;
      throw new Error(`the process ended with ${code}: ${errors}`);
    }
    if (wanted.test(value)) return value;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
