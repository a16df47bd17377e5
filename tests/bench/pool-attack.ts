/**
 * A caller without any scope asks for every connection and lets none go: what a victim’s questions take meanwhile.
 * WEFT_TEST_DATABASE_URL=… npm run bench -- pool-attack
 */
import { openTestDatabase } from '../testkit/database.js';
import { attack, openHeldGateway, victimsQuestion, type HeldGateway } from '../security/pool-attack.js';

const questions = 300;

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

async function timesOf(gateway: HeldGateway): Promise<Times> {
  const times: number[] = [];
  let refused = 0;
  for (let n = 0; n < questions; n++) {
    const began = performance.now();
    const { body } = await gateway.ask(victimsQuestion, { as: 'victim' });
    times.push(performance.now() - began);
    if (body.errors !== undefined) refused += 1;
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), refused };
}

const opened = await openTestDatabase();
if (opened.url === null) {
  console.log('connections are those of a server: set WEFT_TEST_DATABASE_URL');
} else {
  const gateway = await openHeldGateway(opened.url);
  await timesOf(gateway);
  const idle = await timesOf(gateway);
  const gone = new AbortController();
  // As soon as one is answered, in part or not at all, it is asked again.
  const attackers = Array.from({ length: 20 }, async () => {
    while (!gone.signal.aborted)
      await gateway.ask(attack, { as: 'mallory', signal: gone.signal }).catch(() => undefined);
  });
  while ((await gateway.held()) === 0);
  const attacked = await timesOf(gateway);
  console.log(`held by the attack: ${await gateway.held()} of 20 connections`);
  gone.abort();
  await Promise.all(attackers);
  const ratio = (name: 'p50' | 'p99'): string =>
    `${name} ${idle[name].toFixed(1)} ms idle, ${attacked[name].toFixed(1)} ms attacked: ${(attacked[name] / idle[name]).toFixed(2)} times`;
  console.log(`victim, ${questions} questions one after the other: ${ratio('p50')}; ${ratio('p99')}`);
  console.log(`refused: ${idle.refused} idle, ${attacked.refused} attacked`);
  await gateway.close();
}
await opened.close();
