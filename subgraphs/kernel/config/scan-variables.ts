/** The settings of scans and of the workers that do them. */
import { z } from 'zod';
import { integer, isNameServer, list, milliseconds, text, type Variable } from './forms.js';

export const scanVariables = {
  WEFT_SCAN_PRICE: {
    schema: integer(0, 1_000_000),
    expected: '0 to 1000000 credits',
    description: 'Credits that one scan costs; 0 is free.',
    fallback: '1',
  },
  WEFT_SCAN_RATE_LIMIT: {
    schema: integer(0, 1_000_000),
    expected: '0 to 1000000 scans',
    description: 'Scans that one account may request within a minute; 0 is no limit.',
    fallback: '120',
  },
  WEFT_SCAN_DEADLINE_SECONDS: {
    schema: integer(10, 604_800),
    expected: '10 to 604800 seconds',
    description: 'A scan that is unfinished this long after its request times out and is refunded (s).',
    fallback: '600',
  },
  WEFT_SCAN_LEASE_SECONDS: {
    schema: integer(5, 3_600),
    expected: '5 to 3600 seconds',
    description: 'How long a scan whose worker died waits for another one (s).',
    fallback: '60',
  },
  WEFT_SCAN_TIMEOUT_MS: {
    schema: integer(100, 300_000),
    expected: `100 to 300000 ${milliseconds}`,
    description: 'What one access of a scan may take, from the connection to the last byte (ms).',
    fallback: '10000',
  },
  WEFT_SCAN_MAX_BYTES: {
    schema: integer(1_000, 50_000_000),
    expected: '1000 to 50000000 bytes',
    description: 'Largest page that is scanned, decompressed (bytes).',
    fallback: '2000000',
  },
  WEFT_SCAN_MAX_REDIRECTS: {
    schema: integer(0, 20),
    expected: '0 to 20',
    description: 'Redirects that a scan follows.',
    fallback: '5',
  },
  WEFT_SCAN_PORTS: {
    schema: list(integer(1, 65_535)),
    expected: 'ports, separated by commas',
    description: 'Ports that a scanned URL may name.',
    fallback: '80,443,8080,8443',
  },
  WEFT_SCAN_DNS_SERVERS: {
    schema: list(text.refine(isNameServer)),
    expected: 'addresses of name servers, with a port if it is not 53, separated by commas',
    description: "Resolve the names of scanned URLs. Without them the machine's own name servers do.",
    fallback: null,
  },
  WEFT_SCAN_CONCURRENCY: {
    schema: integer(1, 100),
    expected: '1 to 100',
    description: 'Scans that one worker does at a time.',
    fallback: '4',
  },
  WEFT_SCAN_POLL_MS: {
    schema: integer(50, 600_000),
    expected: `50 to 600000 ${milliseconds}`,
    description: 'How often an idle worker looks for scans (ms).',
    fallback: '1000',
  },
  WEFT_SCAN_ANALYSER: {
    schema: z.enum(['rules', 'outside']),
    expected: 'rules or outside',
    description: 'Who scores a fetched page: the built-in rules, or whoever claims it through the API.',
    fallback: 'rules',
  },
} as const satisfies Record<string, Variable<unknown>>;
