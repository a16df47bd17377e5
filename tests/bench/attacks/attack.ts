/** What an attack is: one file beside this one for each, and a line in list.ts. */

export interface Target {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** Of a caller with every scope, for attacks by somebody who is known. The victim is somebody else. */
  readonly token: string;
  /** Null where the database is embedded. */
  readonly databaseUrl: string | null;
}

export interface Attack {
  readonly name: string;
  /** An attack on what an embedded database does not have. */
  readonly needsServer?: boolean;
  /** Goes on until it is killed; a request that is refused or cut off is followed by the next. */
  readonly run: (target: Target) => Promise<never>;
}

/** `connections` senders, each without a pause. What comes back is read and forgotten. */
export function flood(connections: number, send: (round: number) => Promise<unknown>): Promise<never> {
  const sender = async (first: number): Promise<never> => {
    for (let round = first; ; round += connections) await send(round).catch(() => undefined);
  };
  return Promise.race(Array.from({ length: connections }, (_, first) => sender(first)));
}

export async function post(target: Target, body: string, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${target.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  await response.arrayBuffer();
}
