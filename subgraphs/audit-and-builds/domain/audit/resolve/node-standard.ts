/** The modules that come with Node.js. */

const names: ReadonlySet<string> = new Set(
  `assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain
    events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl
    sea sqlite stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib`.split(
    /\s+/,
  ),
);

/** Modules that are to be had only as `node:…` are no packages, whatever stands before them. */
export function isStandardNode(name: string): boolean {
  return names.has(name);
}
