/** W3C trace context in the headers of a request: where a span hangs, and what the next process is told. */
import {
  ROOT_CONTEXT,
  trace,
  type Context,
  type Span,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { GatewayContext } from '../executor/types.js';

type Headers = GatewayContext['headers'];

const propagator = new W3CTraceContextPropagator();

/** The span that the headers name as theirs; without one, or with a malformed one, a trace begins here. */
export function parentOf(headers: Headers): Context {
  const getter: TextMapGetter<Headers> = { get: (from, name) => from[name], keys: (from) => Object.keys(from) };
  return propagator.extract(ROOT_CONTEXT, headers, getter);
}

/** The request as what happens under `span` is to see it. */
export function under(span: Span, context: GatewayContext): GatewayContext {
  const headers: Record<string, string | undefined> = { ...context.headers };
  const setter: TextMapSetter<typeof headers> = { set: (to, name, value) => void (to[name] = value) };
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, setter);
  return { ...context, headers };
}
