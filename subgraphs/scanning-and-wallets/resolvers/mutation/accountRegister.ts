import type { FieldResolver } from '../../../kernel/read/index.js';
import { RequestError } from '../../../kernel/errors/index.js';
import { registerAccount } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly clerkUserId?: string | null;
    readonly metadata?: Readonly<Record<string, unknown>> | null;
  };
}

/** Metadata links an account to a GitHub user: who could set their own could pass for another. */
export const accountRegister: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const isAdmin = ctx.auth.has('scanning:admin');
  const { subject } = ctx.auth.require();
  const { clerkUserId, metadata } = input;
  if (!isAdmin && ((clerkUserId ?? subject) !== subject || metadata != null)) {
    throw new RequestError('FORBIDDEN', 'Registering another account, or metadata, needs the scope scanning:admin.');
  }
  return registerAccount(ctx, { clerkUserId: clerkUserId ?? subject, metadata: metadata ?? null });
};
