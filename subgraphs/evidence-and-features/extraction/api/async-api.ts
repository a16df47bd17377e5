/** AsyncAPI 2 and 3: an endpoint for each operation on a channel, a payload for each message and schema with a name. */
import type { Extraction, PassedOver } from '../../domain/document-reading.js';
import { ExtractionError, type ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { toPayload } from '../openapi/payload.js';
import { firstSentences, toShape, typeOf } from '../openapi/schema-text.js';
import { isObject, member, referencedName, resolve, toList, toObject, toText, type Obj } from '../openapi/values.js';

export function extractAsyncApi(document: Obj, missing: readonly PassedOver[]): Extraction {
  const version = String(document['asyncapi']);
  if (!/^[23](?:\.|$)/.test(version))
    throw new ExtractionError(`AsyncAPI ${version.slice(0, 20)} is not known here: 2.x and 3.x are.`);
  const operations = version.startsWith('2') ? operationsOf2(document) : operationsOf3(document);
  const named = Object.entries(toObject(member(document['components'], 'schemas')));
  const usersOf = (name: string): string[] =>
    operations.filter(({ messages }) => messages.some(({ payload }) => referencedName(payload) === name)).map(placeOf);
  return {
    format: `AsyncAPI ${version.split('.').slice(0, 2).join('.')}`,
    evidence: [
      ...operations.map((operation) => toEndpoint(document, operation)),
      ...messagesOf(document, operations).map(({ name, payload, users }) =>
        toPayload(document, { name, schema: payload, usedBy: [], users }),
      ),
      ...named.map(([name, schema]) => toPayload(document, { name, schema, usedBy: [], users: usersOf(name) })),
    ],
    passedOver: missing,
  };
}

interface ChannelOperation {
  readonly method: string;
  readonly channel: string;
  readonly id: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly messages: readonly Message[];
}

interface Message {
  readonly name: string | null;
  readonly summary: string | null;
  readonly payload: unknown;
}

const placeOf = ({ method, channel }: ChannelOperation): string => `${method} ${channel}`;

function operationsOf2(document: Obj): ChannelOperation[] {
  return Object.entries(toObject(document['channels'])).flatMap(([channel, value]) => {
    const item = resolve(document, value);
    return (['publish', 'subscribe'] as const)
      .filter((action) => isObject(item[action]))
      .map((action) => {
        const own = toObject(item[action]);
        const message = own['message'];
        const options = toList(member(message, 'oneOf'));
        return {
          method: action.toUpperCase(),
          channel,
          id: toText(own['operationId']),
          summary: toText(own['summary']),
          description: toText(own['description']) ?? toText(item['description']),
          tags: tagsOf(own['tags']),
          messages: (options.length > 0 ? options : message === undefined ? [] : [message]).map((each) =>
            toMessage(document, each),
          ),
        };
      });
  });
}

function operationsOf3(document: Obj): ChannelOperation[] {
  return Object.entries(toObject(document['operations'])).map(([id, value]) => {
    const own = resolve(document, value);
    const channel = resolve(document, own['channel']);
    const messages = toList(own['messages']);
    const all = messages.length > 0 ? messages : Object.values(toObject(channel['messages']));
    return {
      method: (toText(own['action']) ?? 'send').toUpperCase(),
      channel: toText(channel['address']) ?? referencedName(own['channel']) ?? id,
      id,
      summary: toText(own['summary']) ?? toText(own['title']),
      description: toText(own['description']) ?? toText(channel['description']),
      tags: tagsOf(own['tags'] ?? channel['tags']),
      messages: all.map((each) => toMessage(document, each)),
    };
  });
}

function toMessage(document: Obj, value: unknown): Message {
  const message = resolve(document, value);
  const payload = member(message['payload'], 'schema') ?? message['payload'];
  return {
    name: toText(message['name']) ?? toText(message['title']) ?? referencedName(value),
    summary: toText(message['summary']),
    payload,
  };
}

function tagsOf(tags: unknown): string[] {
  return toList(tags).flatMap((tag) => toText(member(tag, 'name')) ?? toText(tag) ?? []);
}

function toEndpoint(document: Obj, operation: ChannelOperation): ExtractedEvidence {
  const { method, channel, id, summary, description, tags, messages } = operation;
  const [first] = messages;
  const parts = [
    `${placeOf(operation)}: ${summary ?? first?.summary ?? firstSentences(description, 200) ?? id ?? 'no summary'}`,
    summary === null ? null : firstSentences(description),
    messages.length === 0
      ? null
      : `Messages: ${messages.map(({ name, payload }) => name ?? typeOf(payload)).join(', ')}.`,
  ];
  return {
    type: 'endpoint',
    content: parts.filter((part) => part !== null).join('\n'),
    rawData: {
      method,
      path: channel,
      operation_id: id,
      summary: summary ?? firstSentences(description, 200),
      tags,
      messages: messages.flatMap(({ name }) => name ?? []),
      request_schema: toShape(document, first?.payload),
    },
  };
}

/** Messages whose payload has no name of its own, once each. */
function messagesOf(
  document: Obj,
  operations: readonly ChannelOperation[],
): { name: string; payload: unknown; users: string[] }[] {
  const found = new Map<string, { name: string; payload: unknown; users: string[] }>();
  const add = ({ name, payload }: Message, user: string | null): void => {
    if (name === null || !isObject(payload) || referencedName(payload) !== null) return;
    const known = found.get(name) ?? { name, payload, users: [] };
    if (user !== null && known.users.length < 100) known.users.push(user);
    found.set(name, known);
  };
  for (const operation of operations) for (const message of operation.messages) add(message, placeOf(operation));
  for (const [name, value] of Object.entries(toObject(member(document['components'], 'messages')))) {
    const message = toMessage(document, value);
    add({ ...message, name: message.name ?? name }, null);
  }
  return [...found.values()];
}
