/** What agents are given to remember, with its vector, and what they are made to forget. */
import { embedText, type Embedder } from '../../kernel/embeddings/index.js';
import { UserErrors, userError } from '../../kernel/errors/index.js';
import { checkVector, toVectorText } from '../../kernel/search/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertMemory, memoryDimensions, textToEmbed, type MemoryContent } from '../domain/memory-rules.js';
import { deleteMemory, insertMemory, updateMemory } from '../repository/memory.js';

export interface MemoryInput extends MemoryContent {
  /** A key: that document is replaced. Null: a new one. */
  readonly memDocId?: string | null;
  readonly type: string;
  /** A key; null is none. */
  readonly runId?: string | null;
  /** Null: made of the text. */
  readonly embedding?: readonly number[] | null;
  readonly clientKey?: string | null;
}

type Saved = Promise<Written<{ memDoc: string }>>;

const constraints = { mem_docs_run_id_fkey: userError('NOT_FOUND', 'runId', 'There is no such run.') };

export async function saveMemory(writer: Writer, embedder: Embedder, { clientKey, ...input }: MemoryInput): Saved {
  const now = Date.now();
  // Before the transaction: an endpoint that takes its time must not hold one open.
  const vector = isSound(input, now) ? await vectorOf(input, embedder) : null;
  return write(writer, { operation: 'memDocSave', clientKey, input, constraints }, async (tx) => {
    assertMemory(input, now);
    const { memDocId = null, type, title = null, content, metadata, runId = null, expiresAt = null } = input;
    const embedding = vector === null ? null : toVectorText(vector);
    const values = { type, title, content, embedding, metadata: metadata ?? {}, runId, expiresAt };
    const key =
      memDocId === null
        ? await insertMemory(tx, values, writer.auth.subject)
        : await updateMemory(tx, memDocId, values);
    if (key === null) throw userError('NOT_FOUND', 'memDocId', 'There is no such memory document.');
    const action = memDocId === null ? 'memDocCreated' : 'memDocChanged';
    tx.record({ type: 'MemDoc', key, action, details: { type, runId, characters: content.length } });
    return { memDoc: key };
  });
}

function isSound(input: MemoryInput, now: number): boolean {
  try {
    assertMemory(input, now);
    return true;
  } catch (error) {
    if (error instanceof UserErrors) return false;
    throw error;
  }
}

async function vectorOf(input: MemoryInput, embedder: Embedder): Promise<Float32Array> {
  if (input.embedding != null) return checkVector(input.embedding, memoryDimensions, 'embedding');
  return embedText(embedder, textToEmbed(input), memoryDimensions);
}

export function removeMemory(writer: Writer, memDocId: string): Promise<Written<{ memDocId: string }>> {
  return write(writer, { operation: 'memDocRemove' }, async (tx) => {
    if (!(await deleteMemory(tx, memDocId)))
      throw userError('NOT_FOUND', 'memDocId', 'There is no such memory document.');
    tx.record({ type: 'MemDoc', key: memDocId, action: 'memDocRemoved' });
    return { memDocId: `MemDoc:${memDocId}` };
  });
}
