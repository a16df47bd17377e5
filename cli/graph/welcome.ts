/** What a person sees when the gateway is up: where to go, who may call, and what to ask first. */
import type { Config } from '../../subgraphs/kernel/config/index.js';

interface Welcome {
  readonly url: string;
  readonly config: Config;
  readonly seeded: boolean;
}

/** Each fits a terminal's line and answers on the demonstration data and on any scanned repository. */
const firstQueries: readonly (readonly [string, string])[] = [
  [
    'What is covered, repository by repository?',
    '{ repositories { nodes { fullName coverage { requirements { total covered ratio } } } } }',
  ],
  [
    'Where are the gaps?',
    '{ repositories { nodes { fullName gaps(first: 5) { totalCount nodes { kind reason } } } } }',
  ],
  [
    'Who did what, and is the audit trail whole?',
    '{ auditTrail(first: 5) { nodes { timestamp user action } } verifyAuditTrail { isIntact } }',
  ],
];

export function welcome({ url, config, seeded }: Welcome): string[] {
  const store = config.database.url === undefined ? `embedded, in ${config.database.dataDir}` : 'PostgreSQL';
  const lines = [
    '',
    `  Weft is ready at ${url}/graphql`,
    '',
    ...(config.explorer
      ? [
          `  Questions        ${url}   (in a browser, each a click away from its answer)`,
          `  GraphiQL         ${url}/graphiql   (needs no internet)`,
          `  Apollo Sandbox   ${url}/graphql   (in a browser)`,
        ]
      : []),
    `  Subscriptions    WebSocket (graphql-transport-ws) and SSE on the same path`,
    `  Health, metrics  ${url}/health/ready  ${url}/metrics`,
    `  Database         ${store}${seeded ? ', filled with a demo company just now' : ''}`,
  ];
  if (config.auth === null || config.auth.mode === 'off') {
    lines.push('', '  Authentication is off: every caller is the local developer and may do everything.');
    lines.push('  To be somebody else, to approve for instance, send the header X-Weft-User: ann.');
  } else {
    lines.push('', `  Callers need a token: iss ${config.auth.issuer}, aud ${config.auth.audience}.`);
    if (config.environment !== 'production') lines.push('  npx weft token makes one for development.');
  }
  lines.push('', '  Try:');
  for (const [question, query] of firstQueries) lines.push(`    # ${question}`, `    ${query}`);
  lines.push('', '  Scan a repository of yours:  npx weft scan <folder>', '');
  return lines;
}
