import type { FieldResolver } from '../../../kernel/read/index.js';
import { requestScan, type RequestDependencies } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly url: string; readonly clientKey?: string | null };
}

export function createScanRequest(dependencies: RequestDependencies): FieldResolver<unknown, Args> {
  return (_parent, { input }, ctx) => {
    return requestScan(ctx, dependencies, input);
  };
}
