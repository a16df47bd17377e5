/**
 * Twenty requests at a time, of twelve statements each that last until their time is up, by one caller who wants every
 * connection of the pool. What makes them last is a lock on their table.
 */
import { once } from 'node:events';
import { Client } from 'pg';
import { flood, post, type Attack } from './attack.js';

export const connections: Attack = {
  name: 'statements that hold every connection they can get',
  needsServer: true,
  async run(target) {
    const holder = new Client({ connectionString: target.databaseUrl ?? undefined });
    await holder.connect();
    await holder.query('begin; set local idle_in_transaction_session_timeout = 0');
    await holder.query('lock table traceability.user_stories in access exclusive mode');
    // The lock goes with this process.
    once(holder, 'error').catch(() => undefined);
    const fields = Array.from({ length: 12 }, (_, n) => `a${n}: userStories(first: ${n + 1}) { nodes { id } }`);
    const body = JSON.stringify({ query: `{ ${fields.join(' ')} }` });
    return flood(20, () => post(target, body, { authorization: `Bearer ${target.token}` }));
  },
};
