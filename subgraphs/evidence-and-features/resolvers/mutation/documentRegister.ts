import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { FileType } from '../../domain/job-states.js';
import { registerDocument } from '../../operations/queue/index.js';
import { isStorePath } from '../../upload/index.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly filename: string;
    readonly fileType: FileType;
    readonly filePath: string;
    readonly fileHash: string;
    readonly sizeBytes?: number | bigint | null;
    readonly mimeType?: string | null;
    readonly repositoryId?: string | null;
    readonly metadata?: Readonly<Record<string, unknown>> | null;
    readonly maxRetries: number;
    readonly clientKey?: string | null;
  };
}

export const documentRegister: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const { repositoryId, sizeBytes } = input;
  const document = {
    ...input,
    sizeBytes: sizeBytes == null ? null : Number(sizeBytes),
    mimeType: input.mimeType ?? null,
    repository: repositoryId == null ? null : keyOfType(repositoryId, 'Repository').toLowerCase(),
    metadata: input.metadata ?? {},
    clientKey: input.clientKey ?? null,
  };
  return registerDocument(ctx, document, { isStored: isStorePath(input.filePath) });
};
