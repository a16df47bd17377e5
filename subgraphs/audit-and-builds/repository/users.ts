/** GitHub users and their encrypted access tokens. */
import { sql, type Database } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertText } from '../domain/limits.js';
import type { Keyring } from '../../kernel/encryption/index.js';

export interface UserInput {
  readonly githubId: number | bigint | string;
  readonly githubLogin: string;
  readonly avatarUrl?: string | URL | null;
  readonly accessToken: string;
}

const constraints = {
  users_login_key: userError('ALREADY_EXISTS', 'githubLogin', 'Another GitHub user is registered with this login.'),
};

/** Null `keyring`: nothing that could be read by whoever reads the database is stored. */
export function registerUser(
  writer: Writer,
  keyring: Keyring | null,
  input: UserInput,
): Promise<Written<{ user: string }>> {
  return write(writer, { operation: 'userRegister', constraints }, async (tx) => {
    const { githubLogin, accessToken } = input;
    if (!/^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i.test(githubLogin)) {
      throw userError('VALIDATION', 'githubLogin', 'Expected 1 to 39 letters, digits and single dashes.');
    }
    assertText('accessToken', accessToken, { max: 2_000 });
    if (keyring === null) {
      throw userError('VALIDATION', 'accessToken', 'Tokens can not be stored: WEFT_ENCRYPTION_KEY is not set.');
    }
    const githubId = BigInt(input.githubId).toString();
    const sealed = keyring.seal(accessToken, githubId);
    const [user] = await tx.query<{ login: string; isNew: boolean }>(sql`/* builds.registerUser */
      insert into builds.users (github_id, github_login, avatar_url, access_token, access_token_key_id)
      values (${githubId}::bigint, ${githubLogin}, ${input.avatarUrl == null ? null : String(input.avatarUrl)},
        ${sealed.text}, ${sealed.keyId})
      on conflict (github_id) do update set github_login = excluded.github_login, avatar_url = excluded.avatar_url,
        access_token = excluded.access_token, access_token_key_id = excluded.access_token_key_id
      returning login, xmax = 0 as "isNew"`);
    if (user === undefined) throw new Error('a user was not stored');
    const action = user.isNew ? 'userRegistered' : 'userUpdated';
    tx.record({ type: 'User', key: user.login, action, details: { githubId, githubLogin } });
    return { user: user.login };
  });
}

export interface Rotation {
  readonly rotated: number;
  /** Users whose token no key at hand opens: they have to be registered anew. */
  readonly unreadable: readonly string[];
}

const batchSize = 200;

interface StoredToken {
  readonly id: string;
  readonly login: string;
  readonly githubId: number | bigint;
  readonly text: string;
  readonly keyId: string;
}

/**
 * Encrypts every token under the current key that is not yet, a batch each transaction: it can be cut off and run again, and
 * run beside registrations. Tokens that no key opens are left as they are and named.
 */
export async function rotateTokens(database: Database, keyring: Keyring): Promise<Rotation> {
  const unreadable: string[] = [];
  let rotated = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const batch = await database.transaction(async (tx) => {
      const tokens = await tx.query<StoredToken>(sql`/* builds.lockTokensOfOldKeys */
        select id, login, github_id as "githubId", access_token as text, access_token_key_id as "keyId" from builds.users
        where access_token_key_id is not null and access_token_key_id <> ${keyring.currentKeyId} and id > ${after}::uuid
        order by id limit ${batchSize} for no key update`);
      for (const token of tokens) {
        if (!keyring.has(token.keyId)) {
          unreadable.push(token.login);
          continue;
        }
        const owner = String(token.githubId);
        const sealed = keyring.seal(keyring.open(token, owner), owner);
        await tx.query(sql`/* builds.storeRotatedToken */
          update builds.users set access_token = ${sealed.text}, access_token_key_id = ${sealed.keyId} where id = ${token.id}::uuid`);
        rotated += 1;
      }
      return tokens;
    });
    const last = batch.at(-1);
    if (last === undefined) return { rotated, unreadable };
    after = last.id;
  }
}
