import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { appendLines, type Append } from '../../repository/build-logs.js';

interface Args extends Record<string, unknown> {
  readonly input: Append;
}

export const buildLogsAppend: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return appendLines(context, { ...input, buildId: uuidOfType(input.buildId, 'Build') });
};
