/** The settings of what leaves this system by itself: whom it may reach, and how webhooks are delivered. */
import { integer, isNameServer, list, milliseconds, text, type Variable } from './forms.js';

export const outboundVariables = {
  WEFT_OUTBOUND_PRIVATE_HOSTS: {
    schema: list(text.regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/)),
    expected: 'host:port, separated by commas',
    description:
      'Servers inside of this network that webhooks and connectors may reach, also without TLS, e.g. 127.0.0.1:8080 for development. Without it none: only https on public addresses.',
    fallback: null,
  },
  WEFT_OUTBOUND_DNS_SERVERS: {
    schema: list(text.refine(isNameServer)),
    expected: 'addresses of name servers, with a port if it is not 53, separated by commas',
    description:
      "Resolve the names that webhooks and connectors are sent to. Without them the machine's own name servers do.",
    fallback: null,
  },
  WEFT_WEBHOOK_SOURCE: {
    schema: text.regex(/^[!-~]{1,300}$/),
    expected: 'a URI, or a reference to one',
    description: 'Who sends, as `source` of each CloudEvent says: the address of this system, for instance.',
    fallback: 'urn:weft',
  },
  WEFT_WEBHOOK_ATTEMPTS: {
    schema: integer(1, 100),
    expected: '1 to 100',
    description:
      'Attempts at one message before it is a dead letter. The wait between two doubles from 2 s up to an hour: 16 attempts take about six hours.',
    fallback: '16',
  },
  WEFT_WEBHOOK_TIMEOUT_MS: {
    schema: integer(100, 60_000),
    expected: `100 to 60000 ${milliseconds}`,
    description: 'What one attempt may take, from the name to the last byte of the answer (ms).',
    fallback: '10000',
  },
  WEFT_WEBHOOK_LEASE_SECONDS: {
    schema: integer(1, 3_600),
    expected: '1 to 3600 seconds',
    description: 'How long the messages of a killed worker wait for another one, beside what an attempt may take (s).',
    fallback: '20',
  },
  WEFT_WEBHOOK_CONCURRENCY: {
    schema: integer(1, 200),
    expected: '1 to 200',
    description: 'Messages that one worker sends at a time; half of them to one endpoint at most.',
    fallback: '16',
  },
  WEFT_WEBHOOK_POLL_MS: {
    schema: integer(20, 600_000),
    expected: `20 to 600000 ${milliseconds}`,
    description: 'How often an idle worker looks for changes to send (ms).',
    fallback: '500',
  },
} as const satisfies Record<string, Variable<unknown>>;
