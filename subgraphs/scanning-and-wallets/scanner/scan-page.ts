/** A whole scan: from the requested URL over its redirects to the page, and what the rules make of it. The body goes no further. */
import { createHash } from 'node:crypto';
import { checkTarget, type TargetDoors } from '../../kernel/outbound/index.js';
import { parseUrl } from '../../kernel/urls/index.js';
import { sanitizeHeaders, type Assessment } from '../domain/index.js';
import { accessUrl, type AccessOptions } from './access.js';
import type { Answer } from './answer.js';
import { ScanFailure } from './failure.js';

export interface ScanDependencies extends TargetDoors, AccessOptions {
  readonly maxRedirects: number;
}

/** One access as the log keeps it. */
export interface AccessNote {
  readonly urlAccessed: string;
  readonly contentHash: string | null;
  readonly httpStatus: number | null;
  readonly httpHeaders: Readonly<Record<string, unknown>>;
  readonly contentType: string | null;
  readonly riskAssessmentSummary: Readonly<Record<string, unknown>>;
}

/** What is left of the page. */
export interface ScannedPage {
  readonly contentHash: string;
  readonly httpStatus: number;
  readonly httpHeaders: Readonly<Record<string, unknown>>;
  readonly contentType: string | null;
  readonly assessment: Assessment;
}

/** Every access is noted before the next one is made. Throws ScanFailure, after noting what led to it. */
export async function scanPage(
  requestedUrl: string,
  dependencies: ScanDependencies,
  note: (access: AccessNote) => Promise<void>,
): Promise<ScannedPage> {
  const redirectedFrom: string[] = [];
  for (let url = requestedUrl; ;) {
    const target = await checkTarget(url, dependencies);
    if (!target.isAllowed) {
      await note(toNote(loggable(url), null, { outcome: 'REFUSED', reason: target.reason }));
      throw new ScanFailure(
        url === requestedUrl ? target.reason : `It redirects to a URL that is refused. ${target.reason}`,
      );
    }
    const { href, host } = target.url;
    const answer = await accessNoted(target, dependencies, note);
    if (answer.location === null) return finish(href, redirectedFrom, answer, note);
    const next = resolveLocation(answer.location, href);
    await note(toNote(href, answer, { outcome: 'REDIRECTED', location: loggable(next) }));
    redirectedFrom.push(host);
    if (redirectedFrom.length > dependencies.maxRedirects) {
      throw new ScanFailure(`It redirects more than ${dependencies.maxRedirects} times.`);
    }
    url = next;
  }
}

async function accessNoted(
  target: Extract<Awaited<ReturnType<typeof checkTarget>>, { isAllowed: true }>,
  dependencies: ScanDependencies,
  note: (access: AccessNote) => Promise<void>,
): Promise<Answer> {
  try {
    return await accessUrl(target.url, target.addresses, dependencies);
  } catch (error) {
    if (error instanceof ScanFailure) {
      await note(toNote(target.url.href, error.answer ?? null, { outcome: 'FAILED', reason: error.message }));
    }
    throw error;
  }
}

async function finish(
  href: string,
  redirectedFrom: readonly string[],
  answer: Answer,
  note: (access: AccessNote) => Promise<void>,
): Promise<ScannedPage> {
  const { status, headers, mediaType, kind, certificate } = answer;
  const body = answer.body ?? Buffer.alloc(0);
  const contentHash = createHash('sha256').update(body).digest('hex');
  // With its readers of HTML and of names: loaded by the first scan.
  const { noPage, readPage, scorePage, toTarget } = await import('../domain/rules/index.js');
  const assessment = scorePage({
    page: toTarget(href, href),
    redirectedFrom,
    headers: sanitizeHeaders(headers),
    certificate,
    isDownload: kind === 'download',
    facts: kind === 'page' ? readPage(decode(body, headers), href) : noPage,
  });
  const { riskScore, categories, modelUsed } = assessment;
  const summary = { outcome: 'SCANNED', bytes: body.length, riskScore, categories, modelUsed };
  await note({ ...toNote(href, answer, summary), contentHash });
  return { contentHash, httpStatus: status, httpHeaders: headers, contentType: mediaType, assessment };
}

function toNote(
  url: string,
  answer: Omit<Answer, 'body'> | null,
  summary: Readonly<Record<string, unknown>>,
): AccessNote {
  return {
    urlAccessed: url,
    contentHash: null,
    httpStatus: answer?.status ?? null,
    httpHeaders: answer?.headers ?? {},
    contentType: answer?.mediaType ?? null,
    riskAssessmentSummary: summary,
  };
}

/** Servers write `Location` as they please; what can't be resolved is refused with the rest. */
function resolveLocation(location: string, base: string): string {
  // Node reads header bytes as Latin-1; a server that writes raw UTF-8 there means the text.
  const text = Buffer.from(location, 'latin1').toString('utf8');
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return text;
  return parseUrl(text, base)?.href ?? text;
}

const maxLogged = 2_048;

/** A URL that was not visited may hold anything: of other schemes only the scheme is kept, and never a password. */
function loggable(text: string): string {
  const url = parseUrl(text);
  if (url === null) return 'malformed URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return url.protocol;
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href.slice(0, maxLogged);
}

/** The page's text by its byte order mark or declared encoding, else UTF-8. */
function decode(body: Buffer, headers: Readonly<Record<string, unknown>>): string {
  const declared = /charset\s*=\s*["']?([\w-]{1,40})/i.exec(String(headers['content-type'] ?? ''))?.[1];
  const mark =
    body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : null;
  try {
    return new TextDecoder(mark ?? declared ?? 'utf-8').decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
