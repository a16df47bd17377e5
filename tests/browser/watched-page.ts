/** A page of a real browser that reaches the gateway and nothing else, and of which everything that goes wrong is kept. */
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from '../testkit/chromium.js';

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ['--disable-dev-shm-usage'] });
}

/** Runs in the page, which this project's types know nothing of. */
const reportViolations = `document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
  console.error('content security policy: ' + effectiveDirective + ' ' + blockedURI));`;

export interface WatchedPage {
  readonly page: Page;
  /** Addresses that the page asked for and was not given: everything beyond the gateway. */
  readonly foreign: readonly string[];
  /** Errors and warnings of the console, uncaught errors, failed requests, violations of the content security policy. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

export async function openPage(browser: Browser, origin: string, path: string): Promise<WatchedPage> {
  const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width: 1600, height: 1000 } });
  const foreign: string[] = [];
  const troubles: string[] = [];
  await context.route(
    (url) => url.origin !== origin,
    async (route) => {
      foreign.push(route.request().url());
      await route.abort('internetdisconnected');
    },
  );
  const page = await context.newPage();
  await page.addInitScript({ content: reportViolations });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(`${origin}${path}`);
  return { page, foreign, troubles, close: () => context.close() };
}
