/** How a span ends. Messages of errors are not recorded: they may quote a caller's input; the log has them. */
import { SpanStatusCode, type Span } from '@opentelemetry/api';
import type { GraphQLError } from 'graphql';

export function endWith(span: Span, errors: readonly GraphQLError[] | undefined): void {
  if (errors !== undefined && errors.length > 0) {
    const codes = [...new Set(errors.map(({ extensions }) => String(extensions?.['code'] ?? 'UNKNOWN')))];
    span.setAttributes({ 'graphql.error.count': errors.length, 'graphql.error.codes': codes });
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

export function endFailed(span: Span, error: unknown): void {
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
