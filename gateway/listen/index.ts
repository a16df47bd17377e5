/** Owns the ports: taking one, and saying in the operator's words why it can't be had. */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** What names the port: the setting to change when it is taken. */
  readonly setting?: string;
}

/** Answers the address, `http://127.0.0.1:4000`. Throws StartupError when there is nothing to be had on that port. */
export async function listen(server: Server, { port, host, setting = 'PORT' }: ListenOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new StartupError(`Can't listen on ${host}:${port}: ${reasonOf(error, setting)}.`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** Takes the port for a moment: what would fail at the end of a start is known before a store is made or opened. */
export async function assertCanListen(options: ListenOptions): Promise<void> {
  const server = createServer();
  await listen(server, options);
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

function reasonOf(error: NodeJS.ErrnoException, setting: string): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `the port is taken. Stop what listens there, or set ${setting}`;
    case 'EACCES':
      return `ports like this one are not for this user. Set ${setting} to 1024 or more`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'that is no address of this machine. Set HOST to one that is';
    default:
      return error.message;
  }
}
