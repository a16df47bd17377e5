import { beforeEach, describe, expect, test } from '@jest/globals';
import { parse, type ExecutionResult } from 'graphql';
import { createContext } from '../../tests/conformance/compose-fixture.js';
import { CallerGone } from '../../subgraphs/kernel/errors/index.js';
import type { SubgraphRequest } from '../executor/types.js';
import { withCircuit, type CircuitChange } from './circuit.js';

const timeoutMilliseconds = 1_000;
let time = 0;
let changes: CircuitChange[] = [];
let refused = 0;
let asked: { resolve: (answer: ExecutionResult) => void; reject: (error: Error) => void }[] = [];

beforeEach(() => {
  time = 0;
  refused = 0;
  changes = [];
  asked = [];
});

function createCircuit() {
  return withCircuit(() => new Promise((resolve, reject) => asked.push({ resolve, reject })), {
    name: 'books',
    timeoutMilliseconds,
    now: () => time,
    onChange: (change) => changes.push(change),
    onRefused: () => (refused += 1),
  });
}

function request(signal?: AbortSignal): SubgraphRequest {
  const text = '{ a }';
  return {
    subgraph: 'books',
    operationType: 'query',
    text,
    document: parse(text),
    operationName: undefined,
    variables: undefined,
    shareable: false,
    context: createContext({ signal }),
  };
}

type Circuit = ReturnType<typeof createCircuit>;

/** One fetch from its beginning to its end, after `milliseconds`. */
async function fetchOnce(circuit: Circuit, milliseconds: number, error?: Error, signal?: AbortSignal): Promise<string> {
  const before = asked.length;
  const answer = Promise.resolve(circuit(request(signal)));
  const settled = answer.then(
    () => 'answered',
    (reason: unknown) => (reason as { code?: string }).code ?? 'failed',
  );
  if (asked.length === before) return settled;
  time += milliseconds;
  if (error === undefined) asked.at(-1)?.resolve({ data: {} });
  else asked.at(-1)?.reject(error);
  return settled;
}

const late = new Error('no answer');
const timeOut = (circuit: Circuit) => fetchOnce(circuit, timeoutMilliseconds, late);
async function open(circuit: Circuit) {
  for (let i = 0; i < 3; i++) await timeOut(circuit);
}

describe('a subgraph that lets fetches time out', () => {
  test('is not asked again after three in a row: fetches fail at once, and that is told and counted', async () => {
    const circuit = createCircuit();
    await open(circuit);
    expect(changes).toEqual([{ subgraph: 'books', isOpen: true, restMilliseconds: 1_000 }]);
    for (let i = 0; i < 10; i++) expect(await fetchOnce(circuit, 0)).toBe('SUBGRAPH_UNAVAILABLE');
    expect(asked).toHaveLength(3);
    expect(refused).toBe(10);
  });

  test('is asked by one fetch after each rest, and rests longer each time that it still hangs, up to half a minute', async () => {
    const circuit = createCircuit();
    await open(circuit);
    const rests: number[] = [];
    for (let i = 0; i < 8; i++) {
      time += changes.at(-1)?.restMilliseconds ?? 0;
      await timeOut(circuit);
      rests.push(changes.at(-1)?.restMilliseconds ?? 0);
    }
    expect(rests).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    expect(asked).toHaveLength(3 + 8);
  });

  test('is asked by no second fetch while the one that tries it is on its way', async () => {
    const circuit = createCircuit();
    await open(circuit);
    time += 1_000;
    const probe = circuit(request());
    expect(await fetchOnce(circuit, 0)).toBe('SUBGRAPH_UNAVAILABLE');
    asked.at(-1)?.resolve({ data: {} });
    await probe;
    expect(await fetchOnce(circuit, 1)).toBe('answered');
  });

  test('is asked as ever once it has answered, also with an answer that came late to another', async () => {
    const circuit = createCircuit();
    const slow = circuit(request());
    const answerSlow = asked.at(-1);
    await open(circuit);
    answerSlow?.resolve({ data: {} });
    await slow;
    expect(changes.at(-1)).toEqual({ subgraph: 'books', isOpen: false, restMilliseconds: 0 });
    expect(await fetchOnce(circuit, 1)).toBe('answered');
  });

  test('is tried by the next fetch when the caller of the one that tried it left early', async () => {
    const circuit = createCircuit();
    await open(circuit);
    time += 1_000;
    const caller = new AbortController();
    caller.abort();
    await fetchOnce(circuit, 10, new CallerGone(), caller.signal);
    expect(await fetchOnce(circuit, 1)).toBe('answered');
  });
});

describe('what opens no circuit', () => {
  test('time-outs with an answer to somebody between them', async () => {
    const circuit = createCircuit();
    for (let i = 0; i < 10; i++) {
      await timeOut(circuit);
      await timeOut(circuit);
      await fetchOnce(circuit, 10);
    }
    expect(changes).toEqual([]);
  });

  test('connections that are refused at once, and callers that leave soon', async () => {
    const circuit = createCircuit();
    for (let i = 0; i < 10; i++) await fetchOnce(circuit, 5, new Error('ECONNREFUSED'));
    for (let i = 0; i < 10; i++) await fetchOnce(circuit, 400, new CallerGone());
    expect(changes).toEqual([]);
  });
});
