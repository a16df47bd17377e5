/** Asks a worker process, and starts another when it has died. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { packagePath } from '../../../subgraphs/kernel/config/index.js';
import type { ExamineOutcome } from './examine.js';
import type { GraphName } from './graph-names.js';
import type { WorkerTask } from './worker.fixture.js';

export interface Abort {
  /** By which the process ended. */
  readonly abort: string;
  readonly said: string;
}

/** Far beyond what any document takes, on a busy machine as well. */
const longestMilliseconds = 60_000;

export class FuzzWorker {
  readonly #graph: GraphName;
  readonly #path: string;
  #child: ChildProcess | undefined;
  #said = '';

  constructor(graph: GraphName) {
    this.#graph = graph;
    this.#path = packagePath('tests', 'conformance', 'fuzz', 'worker.fixture.ts');
  }

  async ask(task: WorkerTask): Promise<ExamineOutcome | Abort> {
    const child = (this.#child ??= await this.#start());
    this.#said = '';
    return new Promise((resolve) => {
      // One that doesn't answer is killed, and then has died like any other.
      const limit = setTimeout(() => child.kill('SIGKILL'), longestMilliseconds);
      const answer = (outcome: ExamineOutcome) => {
        clearTimeout(limit);
        child.off('close', died);
        resolve(outcome);
      };
      const died = (code: number | null, signal: string | null) => {
        clearTimeout(limit);
        child.off('message', answer);
        this.#child = undefined;
        resolve({ abort: signal ?? `exit code ${code}`, said: this.#said.slice(0, 2_000) });
      };
      child.once('message', answer).once('close', died);
      child.send(task);
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(this.#path, [this.#graph], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    const first = await Promise.race([once(child, 'message'), once(child, 'close')]);
    if (first[0] !== 'ready') throw new Error(`the worker did not start: ${this.#said}`);
    return child;
  }
}
