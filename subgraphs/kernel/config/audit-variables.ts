/** The settings of audits and of the workers that carry them out. */
import { integer, milliseconds, privateKey, secret, text, webUrl, type Variable } from './forms.js';

export const auditVariables = {
  WEFT_GITHUB_WEBHOOK_SECRET: {
    schema: secret,
    expected: 'a text',
    description: 'Verifies that calls of /webhooks/github come from GitHub. Without it they are refused.',
    fallback: null,
    isSecret: true,
  },
  WEFT_GITHUB_URL: {
    schema: webUrl,
    expected: 'an http or https URL',
    description:
      'Where repositories that have no remote of their own are fetched: GitHub, or a GitHub Enterprise Server.',
    fallback: 'https://github.com',
  },
  WEFT_GITHUB_API_URL: {
    schema: webUrl,
    expected: 'an http or https URL',
    description: 'The API of that GitHub, when it is not where `WEFT_GITHUB_URL` says: `/api/v3` of a server.',
    fallback: null,
  },
  WEFT_GITHUB_APP_ID: {
    schema: integer(1, Number.MAX_SAFE_INTEGER),
    expected: 'a number',
    description: 'The GitHub App that audits are fetched and told as, where it is installed.',
    fallback: null,
  },
  WEFT_GITHUB_APP_KEY: {
    schema: privateKey,
    expected: 'a private key in PEM, or that in base64',
    description: 'Private key of the GitHub App: PEM as GitHub gives it, or that in base64.',
    fallback: null,
    isSecret: true,
  },
  WEFT_PUBLIC_URL: {
    schema: webUrl,
    expected: 'an http or https URL',
    description: 'Where GitHub reaches this Weft: `/webhooks/github` is registered below it. Without it none is.',
    fallback: null,
  },
  WEFT_AUDIT_LOCAL_ROOT: {
    schema: text,
    expected: 'a folder',
    description: 'Repositories below this folder may be audited by their path (file:///…). Without it none may.',
    fallback: null,
  },
  WEFT_AUDIT_TIMEOUT_SECONDS: {
    schema: integer(5, 3_600),
    expected: '5 to 3600 seconds',
    description: 'What fetching a commit for its audit may take (s).',
    fallback: '300',
  },
  WEFT_AUDIT_MAX_BYTES: {
    schema: integer(1_000_000, 100_000_000_000),
    expected: '1000000 to 100000000000 bytes',
    description: 'What may be fetched for an audit (bytes on disk).',
    fallback: '1000000000',
  },
  WEFT_AUDIT_LEASE_SECONDS: {
    schema: integer(10, 3_600),
    expected: '10 to 3600 seconds',
    description: 'How long an audit whose worker died waits for another one (s).',
    fallback: '30',
  },
  WEFT_AUDIT_CONCURRENCY: {
    schema: integer(1, 20),
    expected: '1 to 20',
    description: 'Audits that one worker carries out at a time.',
    fallback: '2',
  },
  WEFT_AUDIT_POLL_MS: {
    schema: integer(50, 600_000),
    expected: `50 to 600000 ${milliseconds}`,
    description: 'How often an idle worker looks for audits (ms).',
    fallback: '1000',
  },
} as const satisfies Record<string, Variable<unknown>>;
