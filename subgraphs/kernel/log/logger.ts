/** Makes the log. */
import { isNativeError } from 'node:util/types';
import { pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { describeError } from './describe-error.js';
import { redactText, redactValue } from './redact.js';

export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: string;
  /** Part of the program, on every line. */
  readonly name?: string;
  /** Where the lines go instead of standard error. */
  readonly destination?: DestinationStream;
}

/**
 * `log.info({ requestId, … }, 'message')`; errors go in as `{ err }`. `log.child({ requestId })` joins the lines of one
 * request. Lines go to standard error: standard output belongs to what a command prints.
 */
export function createLogger({ level, name = 'weft', destination }: LoggerOptions): Logger {
  const log = pino(
    {
      level,
      name,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields),
      },
      hooks: {
        logMethod(args, method) {
          const redacted = args.map((argument) => (typeof argument === 'string' ? redactText(argument) : argument));
          method.apply(this, redacted as Parameters<typeof method>);
        },
      },
      // Errors are described in `log` above; pino's own serializer would add fields that were not looked through.
      serializers: { err: (error: unknown) => error },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
  // The formatters above are not asked about the fields of a child. Children of children inherit this.
  const child = log.child;
  log.child = function (this: Logger, bindings: Record<string, unknown>, options) {
    return Reflect.apply(child, this, [redactFields(bindings), options]);
  };
  return log;
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]): [string, unknown] =>
    isNativeError(value)
      ? [key, describeError(value)]
      : [key, (redactValue({ [key]: value }) as Record<string, unknown>)[key]],
  );
  return Object.fromEntries(entries);
}
