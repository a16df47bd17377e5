/** What a connector's configuration may hold, and how its health follows from its checks. */
import { userError } from '../../kernel/errors/index.js';
import { assertJson } from './text-limits.js';

export type ConnectorStatus = 'ACTIVE' | 'INACTIVE' | 'ERROR';

/** As many checks in a row must fail: one lost packet is no outage. */
export const failuresToError = 3;

const secretName = /passw|secret|token|api[_-]?key|private[_-]?key|credential|^key$/i;

/** Throws VALIDATION when something looks like a secret, naming it: `config` is shown to every reader. */
export function assertConfig(config: Readonly<Record<string, unknown>>): void {
  assertJson('config', config, 20_000);
  const waiting: [path: readonly string[], value: unknown][] = [[['config'], config]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [path, value] = next;
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) waiting.push([[...path, name], inner]);
    } else if (typeof value === 'string' && value !== '' && isSecret(nameOf(path), value)) {
      throw userError(
        'VALIDATION',
        path,
        'This looks like a secret, and config is shown to readers: give it in secrets.',
      );
    }
  }
}

/** Of an element of a list, the list's. */
function nameOf(path: readonly string[]): string {
  return path.findLast((part) => !/^\d+$/.test(part)) ?? '';
}

/** By its name, or as a URL that has a password in it. */
function isSecret(name: string, value: string): boolean {
  return secretName.test(name) || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*:[^/?#@\s]+@/i.test(value);
}

export type Secrets = Readonly<Record<string, string>>;

/** Throws VALIDATION unless it is texts by name. */
export function assertSecrets(secrets: Readonly<Record<string, unknown>>): asserts secrets is Secrets {
  assertJson('secrets', secrets, 20_000);
  for (const [name, value] of Object.entries(secrets)) {
    if (typeof value !== 'string' || value === '')
      throw userError('VALIDATION', ['secrets', name], 'A secret is a text that is not empty.');
  }
}

/** What people may read of an error: without any of the connector's secrets. */
export function withoutSecrets(text: string, secrets: Secrets): string {
  const values = Object.values(secrets).sort((a, b) => b.length - a.length);
  return values.reduce((clean, value) => clean.replaceAll(value, '[redacted]'), text);
}

export interface Health {
  readonly status: ConnectorStatus;
  readonly consecutiveFailures: number;
}

/** A connector that is switched off stays so, whatever its checks say. */
export function healthAfter({ status, consecutiveFailures }: Health, isHealthy: boolean): Health {
  const failures = isHealthy ? 0 : consecutiveFailures + 1;
  if (status === 'INACTIVE') return { status, consecutiveFailures: failures };
  if (isHealthy) return { status: 'ACTIVE', consecutiveFailures: 0 };
  return { status: failures >= failuresToError ? 'ERROR' : status, consecutiveFailures: failures };
}
