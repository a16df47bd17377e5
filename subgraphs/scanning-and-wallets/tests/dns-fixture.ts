/** A name server on the loopback address that answers what a test tells it to, and remembers what it was asked. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';

/** Addresses of a name; a function is asked anew with every lookup of A records, counted from 0. */
export type Answers = readonly string[] | ((lookup: number) => readonly string[]);

const typeA = 1;
const nameError = 3;
const serverFailure = 2;

export class DnsFixture {
  readonly answers = new Map<string, Answers>();
  /** Names whose lookups fail instead of saying that there is nothing. */
  readonly broken = new Set<string>();
  /** Names that get no answer at all. */
  readonly silent = new Set<string>();
  /** `name A` and `name AAAA`, in order. */
  readonly queries: string[] = [];
  readonly #socket: Socket;
  #onQuery: (name: string) => void = () => undefined;
  readonly #lookups = new Map<string, number>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (query, from) => {
      const answer = this.#answer(query);
      if (answer !== null) socket.send(answer, from.port, from.address);
    });
  }

  static async start(): Promise<DnsFixture> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsFixture(socket);
  }

  /** `127.0.0.1:port`, as a resolver takes it. */
  get server(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  /** Resolves when `name` is asked for next. */
  asked(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#onQuery = (asked) => {
        if (asked === name) resolve();
      };
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(resolve));
  }

  #answer(query: Buffer): Buffer | null {
    const { name, type, end } = readQuestion(query);
    this.queries.push(`${name} ${type === typeA ? 'A' : 'AAAA'}`);
    this.#onQuery(name);
    if (this.silent.has(name)) return null;
    const known = this.answers.get(name);
    const lookup = this.#lookups.get(name) ?? 0;
    if (type === typeA) this.#lookups.set(name, lookup + 1);
    // The AAAA question belongs to the same lookup as the A question that came with it.
    const all = typeof known === 'function' ? known(type === typeA ? lookup : Math.max(0, lookup - 1)) : (known ?? []);
    const records = all
      .map((text) => ipaddr.parse(text))
      .filter((address) => address.kind() === (type === typeA ? 'ipv4' : 'ipv6'));
    const code = this.broken.has(name) ? serverFailure : known === undefined ? nameError : 0;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([
      header,
      query.subarray(12, end),
      ...records.map((address) => toRecord(address.toByteArray(), type)),
    ]);
  }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Points back at the question's name; lives for no time at all. */
function toRecord(address: readonly number[], type: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(address.length, 10);
  return Buffer.concat([head, Buffer.from(address)]);
}
