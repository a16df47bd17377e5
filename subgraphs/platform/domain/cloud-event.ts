/** A change as a CloudEvent (1.0, structured mode): the body of a message. */

export interface ChangeFacts {
  readonly type: string;
  readonly entityId: string;
  readonly action: string;
  readonly repository: string | null;
  /** RFC 3339. */
  readonly occurredAt: string;
  /** Place of the change: subscriptions resume after it. */
  readonly cursor: string;
}

export interface CloudEventOptions {
  readonly id: string;
  readonly source: string;
  /** Grows with each change, so that a receiver can tell which of two came first. */
  readonly sequence: number;
  /** JSON text of the answer of the endpoint's document; null: the change itself is the data. */
  readonly answer: string | null;
}

export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

/** Extension attributes have lower-case letters and digits only; `sequence` and `partitionkey` are documented ones. */
export function cloudEventBody(change: ChangeFacts, { id, source, sequence, answer }: CloudEventOptions): string {
  const { type, entityId, action, repository, occurredAt, cursor } = change;
  const attributes = {
    specversion: '1.0',
    id,
    source,
    type: `weft.${type}.${action}`,
    subject: entityId,
    time: occurredAt,
    datacontenttype: 'application/json',
    partitionkey: entityId,
    // Of one length, so that texts compare as the numbers do.
    sequence: String(sequence).padStart(16, '0'),
  };
  const data = answer ?? JSON.stringify({ cursor, type, entityId, action, occurredAt, repository });
  // The answer is text already: read again, its numbers might not be what they were.
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${data}}`;
}
