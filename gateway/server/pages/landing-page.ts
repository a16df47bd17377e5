/** `/`: where everything is, as a page for a browser and as a few lines for anything else. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { operationsOf, type CollectedOperation, type OperationCollection } from './collections.js';
import { methodNotAllowed } from '../http/http-error.js';
import { wantsPage } from '../http/transports.js';

interface LandingOptions {
  readonly graphqlPath: string;
  /** False: nobody is sent to an explorer, and there is no page for a browser. */
  readonly explorerPages: boolean;
  readonly collections: () => readonly OperationCollection[];
}

const health = ['/health/live', '/health/ready', '/metrics'];

const style = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { margin-bottom: 0; }
  h2 { font-size: 1.05rem; margin: 1.8rem 0 0.3rem; }
  ul { margin: 0; padding-left: 1.2rem; }
  code { font-size: 0.95em; }
`;

export function createLandingPage(options: LandingOptions) {
  let page: string | undefined;
  return function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed('GET, HEAD');
    response.setHeader('vary', 'accept');
    if (options.explorerPages && wantsPage(request.headers.accept)) {
      response.setHeader('content-security-policy', policy);
      send(request, response, 200, 'text/html', (page ??= renderPage(options)));
    } else {
      send(request, response, 200, 'text/plain', describeDoors(options));
    }
    return Promise.resolve();
  };
}

/** For a GET that asks nothing, and so would only be told that it lacks a query. */
export function sendDoors(
  request: IncomingMessage,
  response: ServerResponse,
  options: Omit<LandingOptions, 'collections'>,
): void {
  send(request, response, 400, 'text/plain', describeDoors(options));
}

function describeDoors({ graphqlPath, explorerPages }: Omit<LandingOptions, 'collections'>): string {
  const ask = `-H 'content-type: application/json' --data '{"query":"{ __typename }"}'`;
  return [
    'Weft, one graph over several subgraphs.',
    '',
    `${graphqlPath}   GraphQL by POST: curl ${ask} <this address>${graphqlPath}`,
    '           subscriptions over WebSocket (graphql-transport-ws) or with "Accept: text/event-stream"',
    ...(explorerPages ? ['/graphiql  explorer for a browser, needs no internet'] : []),
    health.join('  '),
    '',
  ].join('\n');
}

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function renderPage({ graphqlPath, collections }: LandingOptions): string {
  const link = (href: string, text: string): string => `<a href="${escape(href)}">${escape(text)}</a>`;
  const question = ({ question: text, source }: CollectedOperation): string =>
    `<li>${link(`/graphiql?query=${encodeURIComponent(source)}`, text)}</li>`;
  const lists = collections().map(
    (collection) =>
      `<h2>${escape(collection.title)}</h2>\n<ul>\n${operationsOf(collection).map(question).join('\n')}\n</ul>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weft</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<h1>Weft</h1>
<p>One graph over several subgraphs, at <code>${escape(graphqlPath)}</code>.</p>
<ul>
<li>${link('/graphiql', 'GraphiQL')}: an explorer that needs no internet</li>
<li>${link(graphqlPath, 'Apollo Sandbox')}: loads its page from Apollo's servers</li>
<li>${health.map((path) => link(path, path)).join(', ')}</li>
</ul>
${lists.length === 0 ? '' : '<p>Questions to begin with, each opens in GraphiQL:</p>'}
${lists.join('\n')}
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}
