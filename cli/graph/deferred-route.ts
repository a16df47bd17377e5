/** A route whose domain is loaded by its first request: a start does not wait for it. */
import type { ExtraRoute } from '../../gateway/index.js';

export function deferRoute(route: Omit<ExtraRoute, 'handle'>, load: () => Promise<ExtraRoute['handle']>): ExtraRoute {
  let handle: Promise<ExtraRoute['handle']> | undefined;
  return { ...route, handle: async (request) => (await (handle ??= load()))(request) };
}
