/** What the built-in worker can do by itself, without any model: each handler by the scope that its items ask for. */
import type { ClaimedItem } from '../repository/index.js';

/** What a handler has for its work beside the item. */
export interface HandlerContext {
  /** Ends when the lease is lost or the worker is to stop at once. */
  readonly signal: AbortSignal;
  /** Calls a tool: `perform` runs when the call is allowed, and what it answers or throws is kept with the call. */
  callTool<Output>(tool: string, input: unknown, perform: () => Promise<Output>): Promise<Output>;
}

export interface HandlerResult {
  readonly result: unknown;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cost?: number;
}

export type Handler = (item: ClaimedItem, context: HandlerContext) => Promise<HandlerResult> | HandlerResult;

/** Thrown by a handler: trying again would not help. Anything else it throws is tried again. */
export class Refusal extends Error {}

export type Handlers = Readonly<Record<string, Handler>>;

export const builtInHandlers: Handlers = {
  /** `{ text }` with lines `Name: value` → `{ name: value }`; numbers become numbers. */
  'builtin:extract-fields': ({ content }) => ({ result: extractFields(content) }),
  /** What has come so far has met its document schema: it is handed on as it is. */
  'builtin:pass-on': ({ content }) => ({ result: content }),
  /** Share of the values that are there, as an evaluation's score. */
  'builtin:completeness': ({ content }) => ({ result: { score: completeness(content) } }),
};

const fieldPattern = /^\s*([A-Za-z][A-Za-z0-9 _-]{0,60}?)\s*:\s*(\S.*?)\s*$/;
const numberPattern = /^-?\d{1,15}(\.\d{1,10})?$/;
const mostFields = 500;

export function extractFields(content: unknown): Record<string, string | number> {
  const text: unknown =
    typeof content === 'object' && content !== null ? (content as { text?: unknown }).text : content;
  if (typeof text !== 'string') throw new Refusal('The content has no text to extract fields from.');
  const fields: [string, string | number][] = [];
  for (const line of text.split('\n')) {
    const [, name, value] = fieldPattern.exec(line.slice(0, 2_000)) ?? [];
    if (name === undefined || value === undefined) continue;
    fields.push([name.toLowerCase().replaceAll(/[ _-]+/g, '_'), numberPattern.test(value) ? Number(value) : value]);
    if (fields.length > mostFields) throw new Refusal(`The text has more than ${mostFields} fields.`);
  }
  if (fields.length === 0) throw new Refusal('The text has no line of the form Name: value.');
  return Object.fromEntries(fields);
}

/** 1 for a value with nothing inside. */
function completeness(content: unknown): number {
  const values = typeof content === 'object' && content !== null ? Object.values(content) : [content];
  if (values.length === 0) return 1;
  return values.filter((value) => value !== null && value !== '').length / values.length;
}
