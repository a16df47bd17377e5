/** Which transport a request asks for. */
import { GraphQLError } from 'graphql';
import Negotiator from 'negotiator';
import { formatOfMediaType, type ExportFormat } from '../../export/index.js';
import { LruCache } from '../../lru-cache.js';
import type { IncrementalFormat } from '../streams/incremental-formats.js';

const eventStream = 'text/event-stream';
const multipart = 'multipart/mixed';
const json = ['application/json', 'application/graphql-response+json', 'application/*', '*/*'];

const answerTypes = ['application/json; charset=utf-8', 'application/graphql-response+json; charset=utf-8'] as const;
export type AnswerType = (typeof answerTypes)[number];

/** A client sends the same header with each request. */
const answerTypesOf = new LruCache<string, AnswerType | 'none'>({ maxEntries: 200, maxWeight: 100_000 });

/** In what an answer that is whole goes to a caller; null when it takes neither form. */
export function answerTypeOf(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept === '') return answerTypes[0];
  let type = answerTypesOf.get(accept);
  if (type === undefined) {
    const [preferred] = new Negotiator({ headers: { accept } }).mediaTypes([...answerTypes]);
    type = (preferred as AnswerType | undefined) ?? 'none';
    answerTypesOf.set(accept, type, accept.length);
  }
  return type === 'none' ? null : type;
}

/** How a caller takes an answer in parts. */
export interface PartsDelivery {
  readonly format: IncrementalFormat;
  /** False: an answer that is whole has to come as the only part. */
  readonly takesJson: boolean;
}

/** Null for a caller that does not take `multipart/mixed`, or only that of another specification. */
export function multipartDelivery(accept: string | undefined): PartsDelivery | null {
  if (accept === undefined || !accept.includes(multipart)) return null;
  const accepted = acceptedMedia(accept);
  const format = formatOf(accepted, multipart);
  return format === null ? null : { format, takesJson: accepted.some(({ type }) => json.includes(type)) };
}

/** What events hold of a deferred operation: fragments by path and label, unless the caller names the other format. */
export function eventStreamFormat(accept: string | undefined): IncrementalFormat {
  return formatOf(acceptedMedia(accept ?? ''), eventStream) ?? '20220824';
}

/** Of the first entry for `type` in a format that is known. One that names no format is by the older, which more clients read. */
function formatOf(accepted: readonly AcceptedMedia[], type: string): IncrementalFormat | null {
  for (const { type: offered, parameters } of accepted) {
    if (offered !== type || parameters.has('subscriptionspec')) continue;
    const newer = parameters.get('incrementalspec');
    const older = parameters.get('deferspec');
    if (newer === 'v0.2') return 'v0.2';
    if (older === '20220824' || (older === undefined && newer === undefined)) return '20220824';
  }
  return null;
}

/** True when the answer is to be a stream of events: the caller prefers one, or takes one and the operation needs it. */
export function wantsEventStream(accept: string | undefined, isSubscription: boolean): boolean {
  if (accept === undefined || !accept.includes(eventStream)) return false;
  const accepted = acceptedTypes(accept);
  return isSubscription ? accepted.includes(eventStream) : accepted[0] === eventStream;
}

/** Null for a caller that prefers something else to rows in a file. */
export function exportFormat(accept: string | undefined): ExportFormat | null {
  const [preferred] = accept === undefined ? [] : acceptedTypes(accept);
  return (preferred !== undefined && formatOfMediaType(preferred)) || null;
}

/** True for a browser that opens an address, and not for a client that takes JSON as readily. */
export function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && acceptedTypes(accept)[0] === 'text/html';
}

/** False for a person with a command line, who says nothing of what is wanted. */
export function namesMediaType(accept: string | undefined): boolean {
  return accept !== undefined && acceptedTypes(accept).some((type) => type !== '*/*' && type !== '');
}

interface AcceptedMedia {
  readonly type: string;
  readonly quality: number;
  /** By name, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** In order of preference. */
function acceptedMedia(accept: string): readonly AcceptedMedia[] {
  const media = accept.split(',').map((entry): AcceptedMedia => {
    const [type = '', ...given] = entry.split(';').map((part) => part.trim().toLowerCase());
    const parameters = new Map<string, string>();
    for (const parameter of given) {
      const [name = '', value = ''] = parameter.split('=').map((part) => part.trim());
      parameters.set(name, value.replace(/^"(.*)"$/, '$1'));
    }
    return { type, quality: Number(parameters.get('q') ?? 1), parameters };
  });
  return media.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
}

function acceptedTypes(accept: string): string[] {
  return acceptedMedia(accept).map(({ type }) => type);
}

export function subscriptionTransports(): GraphQLError {
  return new GraphQLError(
    'Subscriptions are answered over WebSocket (protocol graphql-transport-ws, on this same path) ' +
      'or as server-sent events (header "Accept: text/event-stream").',
    { extensions: { code: 'BAD_REQUEST' } },
  );
}
