/** Which transport a request asks for. */
import { GraphQLError } from 'graphql';

const eventStream = 'text/event-stream';

/** True when the answer is to be a stream of events: the caller prefers one, or takes one and the operation needs it. */
export function wantsEventStream(accept: string | undefined, isSubscription: boolean): boolean {
  if (accept === undefined || !accept.includes(eventStream)) return false;
  const accepted = acceptedTypes(accept);
  return isSubscription ? accepted.includes(eventStream) : accepted[0] === eventStream;
}

/** True for a browser that opens an address, and not for a client that takes JSON as readily. */
export function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && acceptedTypes(accept)[0] === 'text/html';
}

/** False for a person with a command line, who says nothing of what is wanted. */
export function namesMediaType(accept: string | undefined): boolean {
  return accept !== undefined && acceptedTypes(accept).some((type) => type !== '*/*' && type !== '');
}

/** Media types in order of preference. */
function acceptedTypes(accept: string): string[] {
  const types = accept.split(',').map((entry) => {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  return types
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ type }) => type);
}

export function subscriptionTransports(): GraphQLError {
  return new GraphQLError(
    'Subscriptions are answered over WebSocket (protocol graphql-transport-ws, on this same path) ' +
      'or as server-sent events (header "Accept: text/event-stream").',
    { extensions: { code: 'BAD_REQUEST' } },
  );
}
