/** Registering and changing repositories. */
import { UserErrors, userError, type UserError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written, type WriteTransaction } from '../../kernel/write/index.js';
import { refreshLinks } from '../repository/links.js';
import { gitUrlTaken } from '../repository/repository-errors.js';
import { checkFullName, checkGitUrl, checkShortText, type RepositoryName } from '../repository/repository-fields.js';
import { insertRepository, lockRepositoryByFullName, type StoredRepository } from '../repository/repository.js';

export interface RepositoryChange {
  readonly name?: string | null;
  readonly gitUrl?: string | null;
  readonly defaultBranch?: string | null;
  readonly highRiskSignatures?: number | null;
}

export interface RegisterInput extends RepositoryChange {
  readonly fullName: string;
  readonly gitUrl: string;
  readonly clientKey?: string | null;
}

type Changed = Promise<Written<{ repository: string }>>;

export function registerRepository(writer: Writer, { clientKey, ...input }: RegisterInput): Changed {
  const options = { operation: 'repositoryRegister', clientKey, input, constraints: gitUrlTaken };
  return write(writer, options, async (tx) => {
    const given = checkFullName(input.fullName);
    const faults = checkChange(input);
    if (given === null)
      faults.push(
        invalid(
          'fullName',
          'Expected owner/name: letters, digits, dots, dashes and underscores; the owner may have groups, and %20 stands for a space.',
        ),
      );
    if (given === null || faults.length > 0) throw new UserErrors(faults);
    const defaultBranch = input.defaultBranch ?? 'main';
    const repository = await insertRepository(tx, {
      ...given,
      name: input.name ?? given.repo,
      gitUrl: input.gitUrl,
      defaultBranch,
    });
    if (repository === null) throw alreadyRegistered(given);
    note(tx, repository.fullName, 'repositoryRegistered', { gitUrl: input.gitUrl, defaultBranch });
    return { repository: repository.fullName };
  });
}

/** Null leaves a value as it is, as leaving it out does: none of them may be missing. */
export function updateRepository(writer: Writer, fullName: string, change: RepositoryChange): Changed {
  return write(writer, { operation: 'repositoryUpdate', constraints: gitUrlTaken }, async (tx) => {
    const faults = checkChange(change);
    if (faults.length > 0) throw new UserErrors(faults);
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value != null)) as Record<
      string,
      string | number
    >;
    const repository = await lockKnown(tx, fullName);
    const prisma = await tx.prisma();
    const select = { name: true, gitUrl: true, defaultBranch: true, highRiskSignatures: true } as const;
    const before: Record<string, string | number> = await prisma.repository.findUniqueOrThrow({
      where: { id: repository.id },
      select,
    });
    const differing = Object.entries(given).filter(([name, value]) => before[name] !== value);
    if (differing.length > 0) {
      await prisma.repository.update({ where: { id: repository.id }, data: Object.fromEntries(differing) });
      const details = Object.fromEntries(differing.map(([name, value]) => [name, [before[name], value]]));
      note(tx, repository.fullName, 'repositoryUpdated', details);
      // What is covered depends on it.
      if ('highRiskSignatures' in details) await refreshLinks(tx, repository.id);
    }
    return { repository: repository.fullName };
  });
}

export function setRepositoryActive(writer: Writer, change: { fullName: string; isActive: boolean }): Changed {
  const { fullName, isActive } = change;
  const operation = isActive ? 'repositoryActivate' : 'repositoryDeactivate';
  return write(writer, { operation }, async (tx) => {
    const repository = await lockKnown(tx, fullName);
    if (repository.isActive === isActive) {
      throw userError(
        'INVALID_TRANSITION',
        'repositoryId',
        `The repository is ${isActive ? 'active' : 'deactivated'} already.`,
      );
    }
    const prisma = await tx.prisma();
    await prisma.repository.update({ where: { id: repository.id }, data: { isActive } });
    note(tx, repository.fullName, `${operation}d`, { isActive: [!isActive, isActive] });
    return { repository: repository.fullName };
  });
}

/** Throws NOT_FOUND. The row is held until the transaction ends. */
export async function lockKnown(tx: WriteTransaction, fullName: string): Promise<StoredRepository> {
  const repository = await lockRepositoryByFullName(tx, fullName.toLowerCase());
  if (repository === null) throw userError('NOT_FOUND', 'repositoryId', 'There is no such repository.');
  return repository;
}

function checkChange({ name, gitUrl, defaultBranch, highRiskSignatures }: RepositoryChange): UserError[] {
  const faults: UserError[] = [];
  for (const [field, value] of Object.entries({ name, defaultBranch })) {
    const fault = value == null ? null : checkShortText(value);
    if (fault !== null) faults.push(invalid(field, fault));
  }
  if (gitUrl != null && !checkGitUrl(gitUrl)) {
    faults.push(invalid('gitUrl', 'Expected a URL from which Git can clone, without credentials in it.'));
  }
  if (highRiskSignatures != null && !(highRiskSignatures >= 1 && highRiskSignatures <= 4)) {
    faults.push(invalid('highRiskSignatures', 'Expected 1 to 4 signatures.'));
  }
  return faults;
}

function invalid(field: string, message: string): UserError {
  return { code: 'VALIDATION', field: [field], message };
}

function alreadyRegistered({ fullName }: RepositoryName): UserErrors {
  return userError('ALREADY_EXISTS', 'fullName', `${fullName} is registered already.`);
}

function note(tx: WriteTransaction, fullName: string, action: string, details: Record<string, unknown>): void {
  tx.record({ type: 'Repository', key: fullName, repository: fullName, action, details });
}
