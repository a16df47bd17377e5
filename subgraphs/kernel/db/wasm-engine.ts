/**
 * PGlite in a thread of its own: a long statement keeps nobody else waiting, and a store opens while modules load. Asked
 * one thing at a time, it answers in order.
 */
import { Worker } from 'node:worker_threads';

export interface WasmEngineOptions {
  /** Folder of the store; without one it is kept in memory. */
  readonly dataDir?: string;
  /** A dumped store to start from. */
  readonly loadDataDir?: Blob;
}

type Answer = { readonly value: unknown } | { readonly error: Error };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class WasmEngine {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  private constructor(options: WasmEngineOptions) {
    this.#worker = new Worker(new URL('wasm-thread.js', import.meta.url), { workerData: options });
    this.#worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.shift();
      if ('error' in answer) waiting?.reject(answer.error);
      else waiting?.resolve(answer.value);
    });
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('The thread of the embedded database has ended.')));
  }

  /** Rejects with the engine's error when the store can't be opened. */
  static async open(options: WasmEngineOptions): Promise<WasmEngine> {
    const engine = new WasmEngine(options);
    await engine.#answer();
    return engine;
  }

  /** Messages of PostgreSQL's protocol and what the engine answers to them. `message` is handed over, not copied. */
  exchange(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return this.#ask(message, [message.buffer]);
  }

  /** The whole store as one archive. */
  dump(): Promise<Blob> {
    return this.#ask('dump');
  }

  async close(): Promise<void> {
    await this.#ask('close');
    await this.#worker.terminate();
  }

  #ask<Value>(message: unknown, transfer: readonly ArrayBuffer[] = []): Promise<Value> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#worker.postMessage(message, transfer);
    return this.#answer();
  }

  #answer<Value>(): Promise<Value> {
    return new Promise((resolve, reject) =>
      this.#waiting.push({ resolve: resolve as (value: unknown) => void, reject }),
    );
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
  }
}
