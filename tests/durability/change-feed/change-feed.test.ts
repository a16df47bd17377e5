import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { currentCursor } from '../../../subgraphs/kernel/events/index.js';
import { seeded } from '../../testkit/seeded.js';
import { audience, createMint, issuer, type TokenMint } from '../../security/graph/tokens.js';
import { describeOn, openTestDatabase, operationCount, type TestDatabase } from '../../testkit/index.js';
import { audienceOf, differences, populate, storedEvents } from './company.js';
import { Follower } from './follower.js';
import { Station, type StationOptions } from './processes.js';
import { Writer } from './writer.js';

const changes = operationCount(400);
const isSoak = changes >= 10_000;
const kills = isSoak ? 10 : 2;
const followerCount = 200;
const writerCount = 8;
/** Nothing at all for this long is a hang, also on a busy machine. */
const patienceMilliseconds = 30_000;
/** Of the heap that is left, over that of a process which has answered nothing yet (50 MB after 400 changes). */
const toleratedBytes = 64_000_000;
/** Resident set of one process at most. */
const mostBytes = 700_000_000;

test('the law of the soak tells what is missing from what nobody was entitled to', () => {
  const events = ['acme/r0', 'acme/r0', 'acme/r1'].map((repository, n) => ({
    position: n + 1,
    entity: `Repository:${repository}`,
    repository,
    account: null,
  }));
  const audience = audienceOf(4);
  expect(differences(audience, new Set([1, 2]), events)).toEqual({ missing: 0, foreign: 0 });
  expect(differences(audience, new Set(), events)).toEqual({ missing: 2, foreign: 0 });
  expect(differences(audience, new Set([1, 3]), events)).toEqual({ missing: 1, foreign: 1 });
});

describeOn('postgres', 'the change feed', () => {
  let opened: TestDatabase;
  let mint: TokenMint;
  const stations: Station[] = [];
  let followers: Follower[] = [];

  beforeAll(async () => {
    [opened, mint] = await Promise.all([openTestDatabase(), createMint()]);
    await populate(opened.database);
    const environment = { databaseUrl: opened.url ?? '', jwksFile: mint.jwksFile, issuer, audience };
    const open = async (name: string, args: StationOptions['args']): Promise<Station> => {
      const replacements = Math.floor((kills + 2 - stations.length) / 3);
      const station = await Station.open({ name, environment, args, replacements });
      stations.push(station);
      return station;
    };
    const feed = await open('platform', (port) => ['subgraph', 'platform', '--port', String(port)]);
    for (const name of ['gateway 1', 'gateway 2'])
      await open(name, () => ['start', '--remote', `platform=${feed.url}`]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(followers.map((follower) => follower.stop()));
    await Promise.all(stations.map((station) => station.close()));
    await Promise.all([opened.close(), mint.close()]);
  });

  test(`${changes} changes by ${writerCount} writers, ${followerCount} followers, kill -9 ${kills} times: each follower gets all that it is entitled to, in order, and nothing else`, async () => {
    const { database } = opened;
    const urls = stations.slice(1).map(({ url }) => url);
    const before = await Promise.all(stations.map((station) => station.measure()));
    const after = await currentCursor(database);
    let lastProgress = performance.now();
    const onProgress = () => void (lastProgress = performance.now());
    const startedAt = performance.now();
    const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);

    followers = await Promise.all(
      Array.from({ length: followerCount }, async (_, n) => {
        const of = audienceOf(n);
        const token = await mint.mint({ subject: of.subject, scopes: of.scopes, expiresIn: 3600 });
        const transport = n % 2 === 0 ? 'WebSocket' : 'server-sent events';
        const order = n % 4 < 2 ? urls : urls.toReversed();
        return new Follower({ audience: of, token, transport, urls: order, after, onProgress });
      }),
    );
    const observing = setInterval(() => stations.forEach((station) => station.observe()), 200);

    let begun = 0;
    let atProgress: () => void = () => undefined;
    const next = () => {
      begun += 1;
      onProgress();
      atProgress();
      return begun <= changes;
    };
    const scopes = ['scanning:admin', 'traceability:write'];
    const token = await mint.mint({ subject: 'writer', scopes, expiresIn: 3600 });
    const writing = Promise.all(
      Array.from({ length: writerCount }, (_, n) =>
        new Writer({ name: `w${n}`, urls, token, database, random: seeded(n + 1), next }).run(),
      ),
    );
    const killing = (async () => {
      for (let kill = 1; kill <= kills; kill++) {
        await new Promise<void>((resolve) => {
          atProgress = () => void (begun >= (changes * kill) / (kills + 1) && resolve());
          atProgress();
        });
        await stations[(kill - 1) % stations.length]?.replace();
      }
    })();
    await Promise.all([writing, killing]);
    const writtenAt = seconds();

    const events = await storedEvents(database);
    const expected = followers.map(({ audience }) => events.filter(audience.isEntitledTo).length);
    const isOver = () =>
      followers.some(({ faults }) => faults.length > 0) ||
      followers.every(({ positions }, n) => positions.size >= (expected[n] ?? 0)) ||
      performance.now() - lastProgress > patienceMilliseconds;
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 200));
    const deliveredAt = seconds();
    clearInterval(observing);
    await Promise.all(followers.map((follower) => follower.stop()));

    expect(followers.flatMap(({ audience: { name }, faults }) => faults.map((fault) => `${name}: ${fault}`))).toEqual(
      [],
    );
    for (const follower of followers) {
      expect({ name: follower.audience.name, ...differences(follower.audience, follower.positions, events) }).toEqual({
        name: follower.audience.name,
        missing: 0,
        foreign: 0,
      });
    }
    expect(events.length).toBeGreaterThanOrEqual(changes);
    const left = await Promise.all(stations.map((station) => station.measure()));
    const grownBytes = stations.map((_, n) => (left[n] ?? 0) - (before[n] ?? 0));
    expect(Math.max(...grownBytes)).toBeLessThanOrEqual(toleratedBytes);
    expect(Math.max(...stations.map(({ peakBytes }) => peakBytes))).toBeLessThanOrEqual(mostBytes);
    const sum = (of: (follower: Follower) => number) => followers.reduce((total, follower) => total + of(follower), 0);
    if (!isSoak) return;
    console.log({
      events: events.length,
      delivered: sum(({ positions }) => positions.size),
      repeated: sum(({ repeated }) => repeated),
      interrupted: sum(({ interrupted }) => interrupted),
      writtenAt,
      deliveredAt,
      peaks: stations.map(({ name, peakBytes }) => `${name} ${Math.round(peakBytes / 1e6)} MB`),
      grown: stations.map(({ name }, n) => `${name} ${Math.round((grownBytes[n] ?? 0) / 1e6)} MB`),
    });
  }, 3_600_000);
});
