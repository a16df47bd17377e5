/** The gateway and its subgraphs as processes. */
import { startProgram, type ChildProgram } from '../../testkit/index.js';
import type { SubgraphName } from './graph.js';

const folder = ['tests', 'durability', 'gateway-chaos'];

async function nextLine(program: ChildProgram): Promise<string> {
  const { value } = (await program.lines.next()) as { value: string | undefined };
  if (value === undefined) throw new Error((await program.ended).errors);
  return value;
}

export interface SubgraphProcess {
  /** Answers its URL. */
  listen(): Promise<string>;
  kill(): Promise<void>;
}

/** Resolves when it is loaded and only has to listen: what a start costs is no part of what is tested. */
export async function loadSubgraph(name: SubgraphName, logFile: string, port: string): Promise<SubgraphProcess> {
  const program = startProgram([...folder, 'subgraph.fixture.ts'], [name, logFile, port]);
  await nextLine(program);
  return {
    listen() {
      process.kill(program.pid, 'SIGUSR2');
      return nextLine(program);
    },
    kill: () => program.kill(),
  };
}

export interface GatewayProcess {
  readonly url: string;
  reload(): void;
  kill(): Promise<void>;
  /** What is left after a collection of garbage. */
  measure(): Promise<{ readonly bytes: number; readonly sockets: number }>;
}

export async function startGateway(supergraphFile: string): Promise<GatewayProcess> {
  const program = startProgram(
    [...folder, 'gateway.fixture.ts'],
    ['gateway', '--supergraph', supergraphFile, '--port', '0'],
    { WEFT_AUTH: 'off', WEFT_REQUEST_TIMEOUT_MS: '10000' },
  );
  const url = / at (http\S+)$/.exec(await nextLine(program))?.[1] ?? '';
  return {
    url,
    kill: () => program.kill(),
    reload: () => void process.kill(program.pid, 'SIGHUP'),
    async measure() {
      process.kill(program.pid, 'SIGUSR2');
      return JSON.parse(await nextLine(program)) as { bytes: number; sockets: number };
    },
  };
}
