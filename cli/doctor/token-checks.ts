/** Whether callers' tokens can be verified: the keys are to be had, and the issuer's clock agrees with this one. */
import { readFileSync } from 'node:fs';
import { parsePublicKeys, tokenLeewaySeconds } from '../../subgraphs/kernel/auth/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { type Finding, failed, ok, warning } from './finding.js';

const name = 'token keys';
const timeoutMs = 5_000;

export async function checkTokens({ auth, environment }: Config): Promise<Finding[]> {
  if (auth === null || auth.mode === 'off') {
    const detail = 'authentication is off: every caller is the local developer';
    return [environment === 'production' ? failed(name, detail) : ok(name, detail)];
  }
  const { jwksUrl, jwksFile } = auth;
  return jwksUrl === undefined ? [checkFile(jwksFile ?? '')] : await checkUrl(jwksUrl);
}

function checkFile(file: string): Finding {
  try {
    return judge(readFileSync(file, 'utf8'), `The JWKS file ${file}`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failed(
      name,
      code === undefined ? error : `the JWKS file ${file} can't be read (${code})`,
      'Set WEFT_JWKS_FILE to one that can',
    );
  }
}

async function checkUrl(url: string): Promise<Finding[]> {
  const advice = 'No token can be verified until it does: check WEFT_JWKS_URL, and that this machine may call it';
  try {
    const asked = Date.now();
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answered = Date.now();
    const text = await response.text();
    if (!response.ok) return [failed(name, `${url} answers ${response.status} and no keys`, advice)];
    return [
      judge(text, `The answer of ${url}`),
      ...checkIssuerClock(response.headers.get('date'), { asked, answered }),
    ];
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return [failed(name, `${url} gives no answer${isLate ? ` within ${timeoutMs / 1000} s` : ''}`, advice)];
  }
}

function judge(text: string, where: string): Finding {
  try {
    const { keys } = parsePublicKeys(text, where);
    const detail = `${keys.length} public ${keys.length === 1 ? 'key' : 'keys'}`;
    return keys.length > 0 ? ok(name, detail) : failed(name, `${where} holds no key`, 'Every token would be refused');
  } catch (error) {
    return failed(name, error);
  }
}

/**
 * A token is judged by this machine's clock and was dated by another's. Clocks that agree date the answer between `asked` and
 * `answered`, however long it took; the header says whole seconds, cut off.
 */
function checkIssuerClock(date: string | null, { asked, answered }: { asked: number; answered: number }): Finding[] {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return [];
  const skewSeconds = Math.max(0, asked - 1_000 - told, told - answered) / 1000;
  const detail = `${Math.round(skewSeconds)} s from the token keys' server`;
  const isWithin = skewSeconds <= tokenLeewaySeconds;
  return [
    isWithin
      ? ok('issuer clock', detail)
      : warning(
          'issuer clock',
          detail,
          `Tokens have a leeway of ${tokenLeewaySeconds} s: let a time service set this machine's clock`,
        ),
  ];
}
