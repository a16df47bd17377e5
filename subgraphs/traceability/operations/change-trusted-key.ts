/** Trust in keys: given and withdrawn, and what that makes of the stored evidence. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written, type WriteTransaction } from '../../kernel/write/index.js';
import { checkPublicKey } from '../domain/index.js';
import { lockKnown } from './change-repository.js';
import { lockRepositoryById, type StoredRepository } from '../repository/repository.js';
import { reverifyEvidence } from './reverify-evidence.js';

export type ChangedKey = Promise<Written<{ trustedKey: string }> & { readonly reverifiedCount: number }>;

export interface KeyToAdd {
  readonly fullName: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly clientKey: string | null;
}

const keyTaken = {
  trusted_keys_repository_id_kid_key: userError(
    'ALREADY_EXISTS',
    ['jwk', 'kid'],
    'The repository has a key with this id, trusted or revoked. A key id is never used again.',
  ),
};

type Stored = { readonly trustedKey: string; readonly reverifiedCount: number };

export async function addTrustedKey(writer: Writer, { fullName, jwk, clientKey }: KeyToAdd): ChangedKey {
  const options = { operation: 'trustedKeyAdd', clientKey, input: { fullName, jwk }, constraints: keyTaken };
  const written = await write<Stored>(writer, options, async (tx) => {
    const { key, reason } = await checkPublicKey(jwk);
    if (key === null) throw userError('VALIDATION', 'jwk', reason);
    const repository = await lockKnown(tx, fullName);
    const prisma = await tx.prisma();
    const { id } = await prisma.trustedKey.create({
      data: {
        repositoryId: repository.id,
        kid: key.kid,
        algorithm: key.algorithm,
        jwk: { ...key.jwk } as Record<string, string>,
        addedBy: writer.auth.subject ?? 'anonymous',
      },
      select: { id: true },
    });
    const reverifiedCount = await reverifyEvidence(tx, repository);
    note(tx, repository, id, 'trustedKeyAdded', { kid: key.kid, algorithm: key.algorithm, reverifiedCount });
    return { trustedKey: id, reverifiedCount };
  });
  return { reverifiedCount: 0, ...written };
}

export async function revokeTrustedKey(writer: Writer, id: string): ChangedKey {
  const written = await write<Stored>(writer, { operation: 'trustedKeyRevoke' }, async (tx) => {
    const prisma = await tx.prisma();
    const found = await prisma.trustedKey.findUnique({ where: { id }, select: { repositoryId: true, kid: true } });
    if (found === null) throw userError('NOT_FOUND', 'trustedKeyId', 'There is no such key.');
    const repository = await lockRepositoryById(tx, found.repositoryId);
    // Asked after the lock: another may have revoked it while this one waited.
    const { count } = await prisma.trustedKey.updateMany({
      where: { id, isActive: true },
      data: { isActive: false, revokedAt: new Date() },
    });
    if (count === 0) throw userError('INVALID_TRANSITION', 'trustedKeyId', 'The key is revoked already.');
    const reverifiedCount = await reverifyEvidence(tx, repository);
    note(tx, repository, id, 'trustedKeyRevoked', { kid: found.kid, reverifiedCount });
    return { trustedKey: id, reverifiedCount };
  });
  return { reverifiedCount: 0, ...written };
}

function note(
  tx: WriteTransaction,
  repository: StoredRepository,
  key: string,
  action: string,
  details: Record<string, unknown>,
): void {
  tx.record({ type: 'TrustedKey', key, repository: repository.fullName, action, details });
}
