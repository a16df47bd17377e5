/** The configuration as the program sees it, and the rules between its parts. */
import { isIP } from 'node:net';
import { StartupError } from '../errors/index.js';
import { databaseUrl } from './database-url.js';
import { transparent, type HeaderRule } from './header-rules.js';
import { readVariables, type Environment } from './read-variables.js';
import type { Secret } from './secret.js';
import type { VariableValues } from './variables.js';

export type AuthConfig =
  | { readonly mode: 'off' }
  | {
      readonly mode: 'jwt';
      /** One of the two is there. */
      readonly jwksUrl: string | undefined;
      readonly jwksFile: string | undefined;
      readonly issuer: string;
      readonly audience: string;
    };

/** Checkpoints of the audit trail. */
export interface TrailConfig {
  /** The current key first; none means that none are made. */
  readonly keys: readonly Secret[];
  readonly checkpointSeconds: number;
  readonly stores: readonly URL[];
  readonly s3: { readonly accessKeyId: string; readonly secretAccessKey: Secret } | undefined;
}

export interface Config {
  readonly environment: 'production' | 'development' | 'test';
  readonly host: string;
  readonly port: number;
  readonly database: {
    /** Undefined in the embedded shape. */
    readonly url: Secret | undefined;
    /** Past a pooler. */
    readonly directUrl: Secret | undefined;
    readonly dataDir: string;
    readonly poolSize: number;
    readonly waitMs: number;
    readonly timeoutMs: number;
  };
  /** Whether an empty database gets the demonstration data. */
  readonly seed: boolean;
  /** Null for a program that serves nobody and was given no settings for it. */
  readonly auth: AuthConfig | null;
  /** What a command of this program calls a gateway with. */
  readonly token: Secret | undefined;
  readonly encryptionKey: Secret | undefined;
  /** Decrypts what was encrypted before the key was changed. */
  readonly encryptionKeyPrevious: Secret | undefined;
  readonly embeddings: { readonly url: string; readonly key: Secret | undefined; readonly model: string } | undefined;
  readonly githubWebhookSecret: Secret | undefined;
  /** File of the manifest. */
  readonly trustedDocuments: string | undefined;
  readonly explorer: boolean;
  /** Origins of foreign pages that may call the gateway from a browser. */
  readonly allowedOrigins: readonly string[];
  /** What passes between callers and subgraphs. */
  readonly propagation: {
    readonly requestHeaders: readonly HeaderRule[];
    readonly answerHeaders: readonly HeaderRule[];
    readonly maskErrors: boolean;
    readonly errorCodes: readonly string[];
  };
  readonly limits: {
    /** Of a caller without a verified token, and of what is no ingest. */
    readonly requestBytes: number;
    readonly bodyBytes: number;
    readonly requestTimeoutMs: number;
    readonly fetchTimeoutMs: number;
    /** Of one operation; the names are the gateway's. */
    readonly operation: {
      readonly maxTokens: number;
      readonly maxDepth: number;
      readonly maxFields: number;
      readonly maxRootFields: number;
      readonly maxAliases: number;
      readonly maxRepeatedFields: number;
      readonly maxDirectives: number;
      readonly maxCost: number;
      readonly maxBatch: number;
    };
  };
  readonly events: { readonly pollMs: number; readonly bufferedEvents: number; readonly keepDays: number };
  readonly github: {
    readonly url: string;
    readonly apiUrl: string;
    /** Null: only with the tokens of users. */
    readonly app: { readonly id: number; readonly key: Secret } | null;
    /** Null: webhooks can't be registered. */
    readonly publicUrl: string | null;
  };
  readonly trail: TrailConfig;
  readonly audits: {
    readonly localRoot: string | null;
    readonly timeoutSeconds: number;
    readonly maxBytes: number;
    readonly leaseSeconds: number;
    readonly concurrency: number;
    readonly pollMs: number;
  };
  readonly scans: {
    readonly price: number;
    readonly requestsPerMinute: number;
    readonly deadlineSeconds: number;
    readonly leaseSeconds: number;
    readonly accessTimeoutMs: number;
    readonly maxBytes: number;
    readonly maxRedirects: number;
    readonly ports: readonly number[];
    readonly dnsServers: readonly string[];
    readonly concurrency: number;
    readonly pollMs: number;
    readonly analyser: VariableValues['WEFT_SCAN_ANALYSER'];
  };
  readonly outbound: { readonly privateHosts: readonly string[]; readonly dnsServers: readonly string[] };
  readonly webhooks: {
    readonly source: string;
    readonly maxAttempts: number;
    readonly timeoutMs: number;
    readonly leaseSeconds: number;
    readonly concurrency: number;
    readonly pollMs: number;
  };
  readonly documents: {
    /** `file:`, `database:` or `s3:`; undefined is the data folder. */
    readonly url: URL | undefined;
    readonly s3: { readonly accessKeyId: string; readonly secretAccessKey: Secret } | undefined;
    readonly maxUploadBytes: number;
    readonly leaseSeconds: number;
    readonly concurrency: number;
    readonly pollMs: number;
  };
  readonly logLevel: VariableValues['WEFT_LOG_LEVEL'];
  readonly otlpEndpoint: string | undefined;
}

export interface LoadOptions {
  /** False for a command that opens the database and no port: the rules about callers do not concern it. */
  readonly serves?: boolean;
}

/**
 * The configuration that `environment` describes. Throws one StartupError that names every unknown setting and every
 * malformed value, and what was expected.
 */
export function loadConfig(environment: Environment = process.env, { serves = true }: LoadOptions = {}): Config {
  const { values: given, problems } = readVariables(environment);
  const values = { ...given, DATABASE_URL: databaseUrl(given) };
  const auth = serves ? toAuth(values, problems) : null;
  if (values.WEFT_ENCRYPTION_KEY_PREVIOUS !== undefined && values.WEFT_ENCRYPTION_KEY === undefined) {
    problems.push('WEFT_ENCRYPTION_KEY_PREVIOUS is set without WEFT_ENCRYPTION_KEY, which takes its place');
  }
  if (values.WEFT_EMBEDDINGS_KEY !== undefined && values.WEFT_EMBEDDINGS_URL === undefined) {
    problems.push('WEFT_EMBEDDINGS_KEY is set without WEFT_EMBEDDINGS_URL, where it would be sent');
  }
  if ((values.WEFT_GITHUB_APP_ID === undefined) !== (values.WEFT_GITHUB_APP_KEY === undefined)) {
    problems.push('WEFT_GITHUB_APP_ID and WEFT_GITHUB_APP_KEY are set together or not at all');
  }
  if (
    (values.WEFT_DOCUMENTS_S3_ACCESS_KEY_ID === undefined) !==
    (values.WEFT_DOCUMENTS_S3_SECRET_ACCESS_KEY === undefined)
  ) {
    problems.push(
      'WEFT_DOCUMENTS_S3_ACCESS_KEY_ID and WEFT_DOCUMENTS_S3_SECRET_ACCESS_KEY are set together or not at all',
    );
  }
  const trail = toTrail(values, problems);
  if (problems.length > 0) {
    throw new StartupError(
      `The configuration can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
  const isProduction = values.NODE_ENV === 'production';
  const isEmbedded = values.DATABASE_URL === undefined;
  const unlessSet = auth?.mode === 'off' ? transparent : { requestHeaders: [], answerHeaders: [] };
  return {
    environment: values.NODE_ENV,
    host: values.HOST,
    port: values.PORT,
    database: {
      url: values.DATABASE_URL,
      directUrl: values.WEFT_DATABASE_DIRECT_URL,
      dataDir: values.WEFT_DATA_DIR,
      poolSize: values.WEFT_DATABASE_POOL_SIZE,
      waitMs: values.WEFT_DATABASE_WAIT_MS,
      timeoutMs: values.WEFT_DATABASE_TIMEOUT_MS,
    },
    seed: values.WEFT_SEED === 'auto' ? isEmbedded && !isProduction : values.WEFT_SEED === 'on',
    auth,
    token: values.WEFT_TOKEN,
    encryptionKey: values.WEFT_ENCRYPTION_KEY,
    encryptionKeyPrevious: values.WEFT_ENCRYPTION_KEY_PREVIOUS,
    embeddings:
      values.WEFT_EMBEDDINGS_URL === undefined
        ? undefined
        : { url: values.WEFT_EMBEDDINGS_URL, key: values.WEFT_EMBEDDINGS_KEY, model: values.WEFT_EMBEDDINGS_MODEL },
    githubWebhookSecret: values.WEFT_GITHUB_WEBHOOK_SECRET,
    trustedDocuments: values.WEFT_TRUSTED_DOCUMENTS,
    explorer: values.WEFT_EXPLORER ?? !isProduction,
    allowedOrigins: values.WEFT_ALLOWED_ORIGINS ?? [],
    propagation: {
      requestHeaders: values.WEFT_FORWARD_HEADERS ?? unlessSet.requestHeaders,
      answerHeaders: values.WEFT_ANSWER_HEADERS ?? unlessSet.answerHeaders,
      maskErrors: values.WEFT_MASK_ERRORS,
      errorCodes: values.WEFT_PASS_ERROR_CODES ?? [],
    },
    limits: {
      requestBytes: values.WEFT_MAX_REQUEST_BYTES,
      bodyBytes: values.WEFT_MAX_BODY_BYTES,
      requestTimeoutMs: values.WEFT_REQUEST_TIMEOUT_MS,
      fetchTimeoutMs: values.WEFT_FETCH_TIMEOUT_MS,
      operation: {
        maxTokens: values.WEFT_MAX_TOKENS,
        maxDepth: values.WEFT_MAX_DEPTH,
        maxFields: values.WEFT_MAX_FIELDS,
        maxRootFields: values.WEFT_MAX_ROOT_FIELDS,
        maxAliases: values.WEFT_MAX_ALIASES,
        maxRepeatedFields: values.WEFT_MAX_REPEATED_FIELDS,
        maxDirectives: values.WEFT_MAX_DIRECTIVES,
        maxCost: values.WEFT_MAX_COST,
        maxBatch: values.WEFT_MAX_BATCH,
      },
    },
    events: {
      pollMs: values.WEFT_EVENTS_POLL_MS,
      bufferedEvents: values.WEFT_EVENTS_BUFFER,
      keepDays: values.WEFT_EVENTS_KEEP_DAYS,
    },
    github: {
      url: values.WEFT_GITHUB_URL.replace(/\/+$/, ''),
      apiUrl: toApiUrl(values.WEFT_GITHUB_API_URL, values.WEFT_GITHUB_URL),
      app:
        values.WEFT_GITHUB_APP_ID === undefined || values.WEFT_GITHUB_APP_KEY === undefined
          ? null
          : { id: values.WEFT_GITHUB_APP_ID, key: values.WEFT_GITHUB_APP_KEY },
      publicUrl: values.WEFT_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    },
    trail,
    audits: {
      localRoot: values.WEFT_AUDIT_LOCAL_ROOT ?? null,
      timeoutSeconds: values.WEFT_AUDIT_TIMEOUT_SECONDS,
      maxBytes: values.WEFT_AUDIT_MAX_BYTES,
      leaseSeconds: values.WEFT_AUDIT_LEASE_SECONDS,
      concurrency: values.WEFT_AUDIT_CONCURRENCY,
      pollMs: values.WEFT_AUDIT_POLL_MS,
    },
    scans: {
      price: values.WEFT_SCAN_PRICE,
      requestsPerMinute: values.WEFT_SCAN_RATE_LIMIT,
      deadlineSeconds: values.WEFT_SCAN_DEADLINE_SECONDS,
      leaseSeconds: values.WEFT_SCAN_LEASE_SECONDS,
      accessTimeoutMs: values.WEFT_SCAN_TIMEOUT_MS,
      maxBytes: values.WEFT_SCAN_MAX_BYTES,
      maxRedirects: values.WEFT_SCAN_MAX_REDIRECTS,
      ports: values.WEFT_SCAN_PORTS,
      dnsServers: values.WEFT_SCAN_DNS_SERVERS ?? [],
      concurrency: values.WEFT_SCAN_CONCURRENCY,
      pollMs: values.WEFT_SCAN_POLL_MS,
      analyser: values.WEFT_SCAN_ANALYSER,
    },
    outbound: {
      privateHosts: values.WEFT_OUTBOUND_PRIVATE_HOSTS ?? [],
      dnsServers: values.WEFT_OUTBOUND_DNS_SERVERS ?? [],
    },
    webhooks: {
      source: values.WEFT_WEBHOOK_SOURCE,
      maxAttempts: values.WEFT_WEBHOOK_ATTEMPTS,
      timeoutMs: values.WEFT_WEBHOOK_TIMEOUT_MS,
      leaseSeconds: values.WEFT_WEBHOOK_LEASE_SECONDS,
      concurrency: values.WEFT_WEBHOOK_CONCURRENCY,
      pollMs: values.WEFT_WEBHOOK_POLL_MS,
    },
    documents: {
      url: values.WEFT_DOCUMENTS_URL,
      s3: toS3(values.WEFT_DOCUMENTS_S3_ACCESS_KEY_ID, values.WEFT_DOCUMENTS_S3_SECRET_ACCESS_KEY),
      maxUploadBytes: values.WEFT_UPLOAD_MAX_BYTES,
      leaseSeconds: values.WEFT_PROCESSING_LEASE_SECONDS,
      concurrency: values.WEFT_PROCESSING_CONCURRENCY,
      pollMs: values.WEFT_PROCESSING_POLL_MS,
    },
    logLevel: values.WEFT_LOG_LEVEL,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}

function toApiUrl(given: string | undefined, githubUrl: string): string {
  const { origin, hostname } = new URL(githubUrl);
  return (given ?? (hostname === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`)).replace(/\/+$/, '');
}

function toS3(accessKeyId: string | undefined, secretAccessKey: Secret | undefined) {
  return accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
}

function toTrail(values: VariableValues, problems: string[]): TrailConfig {
  const { WEFT_TRAIL_KEY: key, WEFT_TRAIL_KEY_PREVIOUS: previous, WEFT_TRAIL_STORES: stores = [] } = values;
  const { WEFT_TRAIL_S3_ACCESS_KEY_ID: accessKeyId, WEFT_TRAIL_S3_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (key === undefined && previous !== undefined)
    problems.push('WEFT_TRAIL_KEY_PREVIOUS is set without WEFT_TRAIL_KEY, which takes its place');
  if (key === undefined && stores.length > 0)
    problems.push('WEFT_TRAIL_STORES is set without WEFT_TRAIL_KEY: there would be nothing to bring there');
  const s3 = toS3(accessKeyId, secretAccessKey);
  if (s3 === undefined && stores.some(({ protocol }) => protocol.startsWith('s3+'))) {
    problems.push(
      'WEFT_TRAIL_STORES names an S3-compatible store, which needs WEFT_TRAIL_S3_ACCESS_KEY_ID and WEFT_TRAIL_S3_SECRET_ACCESS_KEY',
    );
  }
  return {
    keys: [key, previous].filter((each) => each !== undefined),
    checkpointSeconds: values.WEFT_TRAIL_CHECKPOINT_SECONDS,
    stores,
    s3,
  };
}

/** Adds to `problems` what keeps the program from knowing its callers; the answer then is not used. */
function toAuth(values: VariableValues, problems: string[]): AuthConfig {
  const mode =
    values.WEFT_AUTH ?? (values.DATABASE_URL === undefined && values.NODE_ENV !== 'production' ? 'off' : 'jwt');
  const because = values.WEFT_AUTH === undefined ? `WEFT_AUTH is ${mode} here unless it is set, and ` : '';
  if (mode === 'off') {
    if (values.NODE_ENV === 'production')
      problems.push('WEFT_AUTH=off is refused with NODE_ENV=production; set it to jwt');
    if (values.HOST !== undefined && !isLoopback(values.HOST)) {
      problems.push(
        `${because}with WEFT_AUTH=off every caller may do everything, so HOST must be a loopback address such as 127.0.0.1, not ${JSON.stringify(values.HOST)}`,
      );
    }
    return { mode };
  }
  const { WEFT_JWKS_URL: jwksUrl, WEFT_JWKS_FILE: jwksFile } = values;
  const missing = [
    ...(jwksUrl === undefined && jwksFile === undefined ? ['one of WEFT_JWKS_URL and WEFT_JWKS_FILE'] : []),
    ...(['WEFT_JWT_ISSUER', 'WEFT_JWT_AUDIENCE'] as const).filter((name) => values[name] === undefined),
  ];
  if (missing.length > 0) problems.push(`${because}WEFT_AUTH=jwt needs ${new Intl.ListFormat('en').format(missing)}`);
  if (jwksUrl !== undefined && jwksFile !== undefined) {
    problems.push('WEFT_AUTH=jwt needs one of WEFT_JWKS_URL and WEFT_JWKS_FILE, not both');
  }
  return { mode, jwksUrl, jwksFile, issuer: values.WEFT_JWT_ISSUER ?? '', audience: values.WEFT_JWT_AUDIENCE ?? '' };
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
