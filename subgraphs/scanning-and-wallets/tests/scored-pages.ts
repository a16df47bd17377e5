/** Pages, hostile and harmless, and how they are served: what the golden file scores. */
import { readFileSync } from 'node:fs';
import { page, redirect, type Handler } from './web-fixture.js';

const html = (name: string): string => readFileSync(new URL(`pages/${name}.html`, import.meta.url), 'utf8');

const goodHeaders = {
  'strict-transport-security': 'max-age=31536000',
  'content-security-policy': "default-src 'self'",
  'x-content-type-options': 'nosniff',
};

export interface ScoredPage {
  readonly url: string;
  /** By host. */
  readonly sites: Readonly<Record<string, Handler>>;
  readonly trustsCertificate?: false;
}

const at = (url: string, handler: Handler): ScoredPage => ({ url, sites: { [new URL(url).hostname]: handler } });

/** By name, as the golden file has them. */
export const scoredPages: Readonly<Record<string, ScoredPage>> = {
  'harmless: a blog with good headers': at('https://blog.example/', page(html('blog'), goodHeaders)),
  'harmless: a blog with no security headers': at('https://blog.example/', page(html('blog'))),
  'harmless: a blog over plain http': at('http://blog.example/', page(html('blog'), goodHeaders)),
  'harmless: a shop where one signs in': at('https://shop.example/', page(html('shop-login'), goodHeaders)),
  'harmless: an international name': at('https://xn--bcher-kva.example/', page(html('blog'), goodHeaders)),
  'harmless: JSON': at('https://docs.example/api.json', (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', ...goodHeaders }).end('{"ok":true}'),
  ),
  'harmless: a redirect to www of the same site': {
    url: 'https://example.com/',
    sites: { 'example.com': redirect('https://www.example.com/'), 'www.example.com': page(html('blog'), goodHeaders) },
  },
  'harmless: an empty page that is missing': at('https://docs.example/gone', (_request, response) =>
    response.writeHead(404, { 'content-type': 'text/html', ...goodHeaders }).end(''),
  ),
  'hostile: a form that sends passwords elsewhere': at(
    'https://docs.example/',
    page(html('stolen-credentials'), goodHeaders),
  ),
  'hostile: a button that sends passwords to a bare address': at(
    'https://docs.example/',
    page(html('stolen-by-button'), goodHeaders),
  ),
  'hostile: a sign-in over plain http': at(
    'http://docs.example/',
    page(html('shop-login').replaceAll('shop.example', 'docs.example')),
  ),
  'hostile: a look-alike name': at('https://xn--ypal-43d9g.example/', page(html('shop-login'), goodHeaders)),
  "hostile: another site's name in the host": at(
    'https://paypal.com.account-check.example/',
    page(html('blog'), goodHeaders),
  ),
  'hostile: links that name other sites': at('https://docs.example/', page(html('deceptive-links'), goodHeaders)),
  'hostile: obfuscated scripts': at('https://docs.example/', page(html('obfuscated'), goodHeaders)),
  'hostile: a command on the clipboard': at('https://docs.example/', page(html('planted-command'), goodHeaders)),
  'hostile: sent away, followed and offered a program': at(
    'https://docs.example/',
    page(html('driven-away'), goodHeaders),
  ),
  'hostile: a program instead of a page': at('https://docs.example/get', (_request, response) =>
    response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment; filename=a.exe',
        ...goodHeaders,
      })
      .end('MZ\u0090'),
  ),
  'hostile: an untrusted certificate': {
    ...at('https://shop.example/', page(html('blog'), goodHeaders)),
    trustsCertificate: false,
  },
  'hostile: a certificate of another name': at('https://other.example/', page(html('blog'), goodHeaders)),
  'hostile: a redirect to another site': {
    url: 'http://short.example/x',
    sites: {
      'short.example': redirect('https://docs.example/login', 301),
      'docs.example': page(html('stolen-credentials')),
    },
  },
};
