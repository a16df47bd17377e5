/** Hundreds of requests whose bodies come a byte at a time. */
import { request } from 'node:http';
import { flood, type Attack } from './attack.js';

export const slowBodies: Attack = {
  name: 'three hundred bodies that arrive slowly',
  run: ({ url }) =>
    flood(
      300,
      () =>
        new Promise((resolve) => {
          const headers = { 'content-type': 'application/json', 'content-length': '100000' };
          const sending = request(`${url}/graphql`, { method: 'POST', headers, agent: false });
          const drip = setInterval(() => sending.write(' '), 200);
          sending.on('response', (response) => response.resume());
          sending
            .on('error', () => undefined)
            .on('close', () => {
              clearInterval(drip);
              resolve(undefined);
            });
        }),
    ),
};
