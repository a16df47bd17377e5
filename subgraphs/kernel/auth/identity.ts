/** Who is calling, and what that lets them do. Made at the gateway's edge from a verified token, or at start for `WEFT_AUTH=off`. */
import { RequestError } from '../errors/index.js';

export interface IdentityInput {
  readonly subject: string;
  readonly scopes: Iterable<string>;
  readonly expiresAt?: Date | null;
  readonly name?: string | null;
}

export class Identity {
  /** Stable id of the caller: the token's `sub`, `local-developer` with authentication off, null when anonymous. */
  readonly subject: string | null;
  /** Printed name from the token's `name` claim, null when it has none. */
  readonly name: string | null;
  readonly scopes: ReadonlySet<string>;
  /** When the token ends; null when it does not (authentication off, or anonymous). */
  readonly expiresAt: Date | null;

  private constructor(input: {
    subject: string | null;
    name: string | null;
    scopes: ReadonlySet<string>;
    expiresAt: Date | null;
  }) {
    this.subject = input.subject;
    this.name = input.name;
    this.scopes = input.scopes;
    this.expiresAt = input.expiresAt;
  }

  static readonly anonymous = new Identity({ subject: null, name: null, scopes: new Set(), expiresAt: null });

  static of(input: IdentityInput): Identity {
    return new Identity({
      subject: input.subject,
      name: input.name ?? null,
      scopes: new Set(input.scopes),
      expiresAt: input.expiresAt ?? null,
    });
  }

  get isAuthenticated(): boolean {
    return this.subject !== null;
  }

  /** `*` is every scope: only the local developer of `WEFT_AUTH=off` has it, no token grants it. */
  has(scope: string): boolean {
    return this.scopes.has(scope) || this.scopes.has('*');
  }

  /** Returns the caller's subject. Throws UNAUTHENTICATED without one, FORBIDDEN without every scope named. */
  require(...scopes: readonly string[]): { readonly subject: string } {
    if (this.subject === null)
      throw new RequestError('UNAUTHENTICATED', 'Sign in: this needs an authenticated caller.');
    for (const scope of scopes) {
      if (!this.has(scope)) {
        throw new RequestError('FORBIDDEN', `This needs the scope ${scope}.`, {
          extensions: { requiredScopes: scopes },
        });
      }
    }
    return { subject: this.subject };
  }

  /** Throws UNAUTHENTICATED without a subject, FORBIDDEN unless every scope of one of the alternatives is there; no alternatives ask for none. */
  requireAny(alternatives: readonly (readonly string[])[]): void {
    const [first = [], ...others] = alternatives;
    if (others.length === 0 || this.subject === null) return void this.require(...(others.length === 0 ? first : []));
    if (alternatives.some((scopes) => scopes.every((scope) => this.has(scope)))) return;
    const named = alternatives.map((scopes) => scopes.join(' and ')).join(', or ');
    throw new RequestError('FORBIDDEN', `This needs the scope ${named}.`, {
      extensions: { requiredScopes: alternatives },
    });
  }
}
