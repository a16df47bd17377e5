import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { operationsOf } from '../../gateway/server/pages/collections.js';
import { readOperationCollections } from '../../schema/index.js';
import { startProgram, type ChildProgram } from '../testkit/index.js';
import { openBrowser, openPage, type WatchedPage } from './watched-page.js';

const collections = readOperationCollections();
const folder = mkdtempSync(join(tmpdir(), 'weft-browser-'));
let program: ChildProgram;
let browser: Browser;
let origin: string;
let watched: WatchedPage;

beforeAll(async () => {
  browser = await openBrowser();
  program = startProgram(['cli', 'main.ts'], ['start'], { PORT: '0', WEFT_DATA_DIR: join(folder, 'store') });
  for await (const line of program.lines) {
    const ready = /Weft is ready at (http:\/\/\S+)\/graphql/.exec(line);
    if (ready !== null) {
      origin = ready[1] ?? '';
      break;
    }
  }
  // It answers before it has made all that it will want: whoever sends it traffic asks this first.
  while (!(await fetch(`${origin}/health/ready`)).ok) await setTimeout(100);
}, 120_000);

afterEach(() => watched.close());

afterAll(async () => {
  await browser.close();
  await program.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function open(path: string): Promise<Page> {
  watched = await openPage(browser, origin, path);
  return watched.page;
}

const sourceOf = (name: string): string => {
  const operation = collections.flatMap(operationsOf).find((one) => one.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.source;
};

const answerOf = (page: Page): Promise<string> => page.locator('.graphiql-response').innerText();

const answerHas = (page: Page, text: string): Promise<void> =>
  page.locator('.graphiql-response').filter({ hasText: text }).waitFor();

const nothingWrong = (): void => {
  expect({ foreign: watched.foreign, troubles: watched.troubles }).toEqual({ foreign: [], troubles: [] });
};

const execute = (page: Page) => page.getByRole('button', { name: /^Execute query/ });

describe('the landing page', () => {
  test('offers every question of the collections, and runs nothing', async () => {
    const page = await open('/');
    expect(await page.title()).toBe('Weft');
    const questions = await page.locator('a[href^="/graphiql?query="]').allInnerTexts();
    expect(questions).toEqual(collections.flatMap(operationsOf).map(({ question }) => question));
    nothingWrong();
  });

  test('leads nowhere that does not answer', async () => {
    const page = await open('/');
    const links = await page.locator('a:not([href*="?"])').all();
    const places = await Promise.all(links.map((link) => link.getAttribute('href')));
    expect(places).toEqual(['/graphiql', '/graphql', '/health/live', '/health/ready', '/metrics']);
    for (const place of places) {
      expect((await fetch(`${origin}${place ?? ''}`, { headers: { accept: 'text/html' } })).status).toBe(200);
    }
  });

  test('asks its question in GraphiQL at a click', async () => {
    const page = await open('/');
    await page.getByRole('link', { name: 'What was done lately, by whom, and to what?' }).click();
    await execute(page).click();
    await answerHas(page, '"auditTrail"');
    nothingWrong();
  });
});

test('what a page asks of others and what its policy forbids would be seen', async () => {
  const page = await open('/');
  await page.evaluate(`document.body.append(
    Object.assign(document.createElement('img'), { src: 'https://elsewhere.example/pixel.png' }),
    Object.assign(document.createElement('script'), { textContent: 'alert(1)' }),
  )`);
  await expect(page.goto('https://elsewhere.example/')).rejects.toThrow('ERR_INTERNET_DISCONNECTED');
  expect(watched.foreign).toEqual(['https://elsewhere.example/']);
  for (const directive of ['img-src', 'script-src-elem']) {
    expect(watched.troubles).toContainEqual(expect.stringContaining(`content security policy: ${directive}`));
  }
});

describe('GraphiQL without internet', () => {
  test('shows each collection in a tab of its own', async () => {
    const page = await open('/graphiql');
    await execute(page).waitFor();
    const tabs = await page.locator('.graphiql-tab').allInnerTexts();
    expect(tabs.map((tab) => tab.trim())).toEqual(collections.map((collection) => operationsOf(collection)[0]?.name));
    nothingWrong();
  });

  test('runs the operation that was chosen of a tab', async () => {
    const page = await open('/graphiql');
    await execute(page).click();
    await page.getByRole('menuitem', { name: 'OpenApprovals' }).click();
    await answerHas(page, '"approvalRequests"');
    nothingWrong();
  });

  test('shows an event of a subscription as it happens', async () => {
    const page = await open(`/graphiql?query=${encodeURIComponent(sourceOf('EveryChange'))}`);
    await execute(page).click();
    await page.getByRole('button', { name: /^Stop query/ }).waitFor();
    for (let number = 1; !(await answerOf(page)).includes('repositoryRegistered'); number += 1) {
      await register(`browser/live-${number}`);
    }
    await answerHas(page, '"changes"');
    nothingWrong();
  });

  test('says what is wrong with a query while it is written', async () => {
    const page = await open(`/graphiql?query=${encodeURIComponent('{ repositoriez { nodes { id } } }')}`);
    await execute(page).click();
    await answerHas(page, 'repositories');
    expect(watched.foreign).toEqual([]);
  });
});

test('Sandbox asks Apollo’s servers alone, with the consent of the page’s policy, and says so when they are away', async () => {
  const page = await open('/graphql');
  await page.getByText('Apollo Sandbox cannot be loaded').waitFor();
  expect(watched.foreign.length).toBeGreaterThan(0);
  const hosts = watched.foreign.map((url) => new URL(url).hostname);
  expect(hosts.filter((host) => !/\.(apollographql|googleapis|gstatic)\.com$/.test(host))).toEqual([]);
  expect(watched.troubles.filter((trouble) => trouble.includes('content security policy'))).toEqual([]);
});

async function register(fullName: string): Promise<void> {
  const query =
    'mutation ($input: RepositoryRegisterInput!) { repositoryRegister(input: $input) { userErrors { message } } }';
  const body = JSON.stringify({
    query,
    variables: { input: { fullName, gitUrl: `https://git.example/${fullName}.git` } },
  });
  const answer = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(await answer.json()).toEqual({ data: { repositoryRegister: { userErrors: [] } } });
}
