import type { Embedder } from '../../../kernel/embeddings/index.js';
import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveMemory, type MemoryInput } from '../../operations/memory.js';

interface Args extends Record<string, unknown> {
  readonly input: MemoryInput;
}

export function createMemDocSave(embedder: Embedder): FieldResolver<unknown, Args> {
  return (_root, { input }, context) => {
    const { memDocId, runId } = input;
    return saveMemory(context, embedder, {
      ...input,
      memDocId: memDocId == null ? null : uuidOfType(memDocId, 'MemDoc'),
      runId: runId == null ? null : uuidOfType(runId, 'Run'),
    });
  };
}
