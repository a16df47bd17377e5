/** Every environment variable that the program reads: its form, what it means, and what holds without it. */
import { z } from 'zod';
import { Secret } from './secret.js';
import { integer, isUrl, key, list, milliseconds, onOff, secret, text, webUrl, type Variable } from './forms.js';
import { answerHeaderRules, requestHeaderRules } from './header-rules.js';
import { auditVariables } from './audit-variables.js';
import { documentVariables } from './document-variables.js';
import { outboundVariables } from './outbound-variables.js';
import { scanVariables } from './scan-variables.js';
import { trailVariables } from './trail-variables.js';

/** In the order in which the documentation shows them. `satisfies` keeps the exact type of each. */
export const variables = {
  NODE_ENV: {
    schema: z.enum(['production', 'development', 'test']),
    expected: 'production, development or test',
    description:
      'With production the explorer pages, anonymous introspection, field suggestions and plain GET queries are off, and WEFT_AUTH=off is refused.',
    fallback: 'development',
  },
  HOST: {
    schema: text.regex(/^[A-Za-z0-9.:_-]+$/),
    expected: 'a host name or an IP address',
    description: 'Address to listen on. 0.0.0.0 is every IPv4 address of the machine.',
    fallback: '127.0.0.1',
  },
  PORT: {
    schema: integer(0, 65_535),
    expected: 'a port, 0 to 65535',
    description: 'Port to listen on; 0 takes any that is free.',
    fallback: '4000',
  },
  DATABASE_URL: {
    schema: text.refine((value) => isUrl(value, ['postgres:', 'postgresql:'])).transform((value) => new Secret(value)),
    expected: 'postgresql://user:password@host:port/database',
    description:
      'PostgreSQL 15 or newer with pgvector 0.7 or newer. Without it an embedded store in WEFT_DATA_DIR is used.',
    fallback: null,
    isSecret: true,
  },
  DATABASE_HOST: {
    schema: text.regex(/^[A-Za-z0-9.:_-]+$/),
    expected: 'a host name or an IP address',
    description:
      'With any of DATABASE_HOST, _PORT, _NAME, _USER and _PASSWORD the database is PostgreSQL; DATABASE_URL wins over them. The default is localhost.',
    fallback: null,
  },
  DATABASE_PORT: {
    schema: integer(1, 65_535),
    expected: 'a port, 1 to 65535',
    description: 'Port of the database where DATABASE_URL is not set. The default is 5432.',
    fallback: null,
  },
  DATABASE_NAME: {
    schema: text,
    expected: 'the name of a database',
    description: 'Name of the database where DATABASE_URL is not set. The default is myloware.',
    fallback: null,
  },
  DATABASE_USER: {
    schema: text,
    expected: 'the name of a role',
    description: 'Role to connect as where DATABASE_URL is not set. The default is the one of the system.',
    fallback: null,
  },
  DATABASE_PASSWORD: {
    schema: secret,
    expected: 'a password',
    description: 'Password of that role.',
    fallback: null,
    isSecret: true,
  },
  WEFT_DATABASE_DIRECT_URL: {
    schema: text.refine((value) => isUrl(value, ['postgres:', 'postgresql:'])).transform((value) => new Secret(value)),
    expected: 'postgresql://user:password@host:port/database',
    description:
      'The same database past a pooler such as pgbouncer, for notifications of changes alone. Without it, where DATABASE_URL is a pooler, subscriptions look for changes every 250 ms.',
    fallback: null,
    isSecret: true,
  },
  WEFT_DATA_DIR: {
    schema: text,
    expected: 'a folder',
    description: 'Folder of the embedded store. One process at a time owns it.',
    fallback: '.weft',
  },
  WEFT_SEED: {
    schema: z.enum(['auto', 'on', 'off']),
    expected: 'auto, on or off',
    description: 'Demonstration data in an empty database: auto only in the embedded store and not in production.',
    fallback: 'auto',
  },
  WEFT_DATABASE_POOL_SIZE: {
    schema: integer(1, 500),
    expected: '1 to 500',
    description: 'Connections to PostgreSQL at most, of one process.',
    fallback: '20',
  },
  WEFT_DATABASE_WAIT_MS: {
    schema: integer(10, 600_000),
    expected: `10 to 600000 ${milliseconds}`,
    description:
      'How long a request waits for a database connection, or for its turn on the embedded store, before it is answered SERVER_BUSY (ms).',
    fallback: '5000',
  },
  WEFT_DATABASE_TIMEOUT_MS: {
    schema: integer(100, 3_600_000),
    expected: `100 to 3600000 ${milliseconds}`,
    description:
      'A statement that takes longer is cancelled, a transaction that idles for longer loses its connection (ms).',
    fallback: '30000',
  },
  WEFT_AUTH: {
    schema: z.enum(['off', 'jwt']),
    expected: 'off or jwt',
    description:
      'jwt takes callers from verified tokens. off makes every caller one local developer with every scope: only on a loopback HOST, never in production. The default is off for the embedded store and jwt with DATABASE_URL.',
    fallback: null,
  },
  WEFT_JWKS_URL: {
    schema: webUrl,
    expected: 'an http or https URL',
    description: "Where the token issuer's public keys are.",
    fallback: null,
  },
  WEFT_JWKS_FILE: {
    schema: text,
    expected: 'a file',
    description: "The token issuer's public keys as a file, instead of WEFT_JWKS_URL. Read again when it changes.",
    fallback: null,
  },
  WEFT_JWT_ISSUER: {
    schema: text,
    expected: 'a text',
    description: 'The iss claim that a token must have.',
    fallback: null,
  },
  WEFT_JWT_AUDIENCE: {
    schema: text,
    expected: 'a text',
    description: 'The aud claim that a token must have.',
    fallback: null,
  },
  WEFT_TOKEN: {
    schema: secret,
    expected: 'a text',
    description:
      'The bearer token that weft scan, weft query and weft audit --record send to a gateway. Not needed where WEFT_AUTH is off.',
    fallback: null,
    isSecret: true,
  },
  WEFT_ENCRYPTION_KEY: {
    schema: key,
    expected: '32 bytes, as 64 hex digits or as base64 (openssl rand -base64 32)',
    description: 'Encrypts access tokens of connected services in the database. Without it they can not be stored.',
    fallback: null,
    isSecret: true,
  },
  WEFT_ENCRYPTION_KEY_PREVIOUS: {
    schema: key,
    expected: '32 bytes, as 64 hex digits or as base64',
    description: 'The key before WEFT_ENCRYPTION_KEY: it still decrypts, until weft rotate-key has run.',
    fallback: null,
    isSecret: true,
  },
  WEFT_EMBEDDINGS_URL: {
    schema: webUrl,
    expected: 'an http or https URL',
    description:
      'An OpenAI-compatible embeddings endpoint, with or without /embeddings at its end. Without it texts are embedded by their words alone, in this process.',
    fallback: null,
  },
  WEFT_EMBEDDINGS_KEY: {
    schema: secret,
    expected: 'a text',
    description: 'Sent to the embeddings endpoint as bearer token.',
    fallback: null,
    isSecret: true,
  },
  WEFT_EMBEDDINGS_MODEL: {
    schema: text,
    expected: 'a text',
    description: 'The model to ask for at the embeddings endpoint.',
    fallback: 'text-embedding-3-large',
  },
  WEFT_TRUSTED_DOCUMENTS: {
    schema: text,
    expected: 'a file',
    description: 'A manifest of operations; with it the gateway runs no others.',
    fallback: null,
  },
  WEFT_ALLOWED_ORIGINS: {
    schema: list(text.refine((value) => URL.canParse(value) && new URL(value).origin === value)),
    expected: 'origins such as https://app.example.com, separated by commas',
    description: "Whose pages' scripts may call the gateway from a browser (CORS, WebSocket), besides its own pages.",
    fallback: null,
  },
  WEFT_EXPLORER: {
    schema: onOff,
    expected: 'on or off',
    description: 'The explorer pages for browsers. The default is on, and off in production.',
    fallback: null,
  },
  WEFT_MAX_REQUEST_BYTES: {
    schema: integer(1_024, 104_857_600),
    expected: '1024 to 104857600 bytes',
    description:
      'Largest body of a caller without a verified token, of what is no ingest, and of a WebSocket message (bytes).',
    fallback: '1048576',
  },
  WEFT_MAX_BODY_BYTES: {
    schema: integer(1_024, 104_857_600),
    expected: '1024 to 104857600 bytes',
    description:
      'Largest body of an ingest, such as a scan, by a caller with a verified token (bytes). The default takes a scan of about 10,000 artifacts.',
    fallback: '16777216',
  },
  WEFT_REQUEST_TIMEOUT_MS: {
    schema: integer(100, 3_600_000),
    expected: `100 to 3600000 ${milliseconds}`,
    description:
      'What a request may take: what has not been answered by then is null, with a TIMEOUT error for each fetch (ms).',
    fallback: '30000',
  },
  WEFT_FETCH_TIMEOUT_MS: {
    schema: integer(100, 3_600_000),
    expected: `100 to 3600000 ${milliseconds}`,
    description:
      'What one fetch of a subgraph may take before its fields are null (ms). A subgraph in another process that lets several in a row time out is asked rarely until it answers.',
    fallback: '20000',
  },
  WEFT_FORWARD_HEADERS: {
    schema: requestHeaderRules,
    expected:
      'names of headers, each as name, name>other or name=value, separated by commas, or * for every one; none for one connection alone',
    description:
      'Headers of callers that subgraphs in other processes are sent beside authorization and the trace, cookie among them if it is to be; name>other renames, name=value says what is sent when it is missing. Over a WebSocket, callers may give those that are named as connection parameters. The default is * with WEFT_AUTH=off and none otherwise.',
    fallback: null,
  },
  WEFT_ANSWER_HEADERS: {
    schema: answerHeaderRules,
    expected:
      'names of headers, each as name, name>other or name=value, separated by commas; none for one connection alone',
    description:
      'Headers of subgraphs that callers over HTTP are sent, set-cookie among them if it is to be. Cookies of several subgraphs are a line each, of any other header different values are joined with commas, by the name of the subgraph. The default is set-cookie with WEFT_AUTH=off and none otherwise.',
    fallback: null,
  },
  WEFT_MASK_ERRORS: {
    schema: onOff,
    expected: 'on or off',
    description: 'off passes every error message of subgraphs on to callers: for subgraphs that mask their own.',
    fallback: 'on',
  },
  WEFT_PASS_ERROR_CODES: {
    schema: list(text.regex(/^[A-Za-z0-9_.-]+$/)),
    expected: 'codes such as PRODUCT_SOLD_OUT, separated by commas',
    description:
      "Codes of subgraphs' errors whose messages and extensions reach callers, beside those that Weft's own subgraphs use.",
    fallback: null,
  },
  WEFT_MAX_DEPTH: {
    schema: integer(1, 1_000),
    expected: '1 to 1000 levels',
    description: 'Fields inside fields, at most.',
    fallback: '20',
  },
  WEFT_MAX_COST: {
    schema: integer(1, 100_000_000),
    expected: '1 to 100000000',
    description:
      'What an operation may cost: 1 for each object that its answer may hold, from first and last, and weights for conditions, totals and searches.',
    fallback: '50000',
  },
  WEFT_MAX_TOKENS: {
    schema: integer(100, 1_000_000),
    expected: '100 to 1000000 tokens',
    description: 'Lexical tokens of an operation, at most.',
    fallback: '5000',
  },
  WEFT_MAX_FIELDS: {
    schema: integer(1, 1_000_000),
    expected: '1 to 1000000 fields',
    description: 'Fields of an operation with its fragments spread out, at most.',
    fallback: '2000',
  },
  WEFT_MAX_ROOT_FIELDS: {
    schema: integer(1, 10_000),
    expected: '1 to 10000 fields',
    description: 'Fields at the root of an operation, at most.',
    fallback: '20',
  },
  WEFT_MAX_ALIASES: {
    schema: integer(0, 100_000),
    expected: '0 to 100000 aliases',
    description: 'Aliased fields of an operation, at most.',
    fallback: '50',
  },
  WEFT_MAX_REPEATED_FIELDS: {
    schema: integer(0, 100_000),
    expected: '0 to 100000 fields',
    description: 'Selections of what is already selected at the same place, at most.',
    fallback: '50',
  },
  WEFT_MAX_DIRECTIVES: {
    schema: integer(0, 100_000),
    expected: '0 to 100000 directives',
    description: 'Directives of an operation, at most.',
    fallback: '50',
  },
  WEFT_MAX_BATCH: {
    schema: integer(1, 1_000),
    expected: '1 to 1000 operations',
    description: 'Operations in one HTTP request; 1 is no batching.',
    fallback: '1',
  },
  WEFT_EVENTS_POLL_MS: {
    schema: integer(100, 3_600_000),
    expected: `100 to 3600000 ${milliseconds}`,
    description: 'How often the feed is read without having been woken: what a lost notification costs at most (ms).',
    fallback: '5000',
  },
  WEFT_EVENTS_BUFFER: {
    schema: integer(1, 1_000_000),
    expected: '1 to 1000000 events',
    description:
      'Events that wait in memory for one subscriber; what is more is read from the database once it comes to them.',
    fallback: '1000',
  },
  WEFT_EVENTS_KEEP_DAYS: {
    schema: integer(1, 36_500),
    expected: '1 to 36500 days',
    description: 'How long events are kept for replay (days). An older cursor is CURSOR_EXPIRED.',
    fallback: '30',
  },
  ...trailVariables,
  ...auditVariables,
  ...scanVariables,
  ...outboundVariables,
  ...documentVariables,
  WEFT_LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    expected: 'fatal, error, warn, info, debug, trace or silent',
    description: 'The least severe lines that are logged.',
    fallback: 'info',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: webUrl,
    expected: 'an http or https URL',
    description: 'Where traces are sent. Without it none are made.',
    fallback: null,
  },
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof variables;
export type VariableValues = {
  readonly [Name in VariableName]: (typeof variables)[Name]['fallback'] extends null
    ? z.output<(typeof variables)[Name]['schema']> | undefined
    : z.output<(typeof variables)[Name]['schema']>;
};

export interface VariableDescription {
  readonly name: string;
  readonly expected: string;
  readonly description: string;
  readonly fallback: string | null;
}

/** For the README and `--help`. */
export function describeConfig(): readonly VariableDescription[] {
  return Object.entries(variables).map(([name, { expected, description, fallback }]) => ({
    name,
    expected,
    description,
    fallback,
  }));
}
