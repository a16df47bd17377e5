/** A folder: `checkpoint` is the last one, and `checkpoints/<size>` are all. */
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { assertSameHead, latestName, nameOf, type CheckpointStore } from './store.js';

export function createFileStore(folder: string): CheckpointStore {
  return {
    name: `file://${folder}`,
    readLast: () => readIfThere(join(folder, latestName)),
    async publish({ size, note }) {
      const kept = join(folder, nameOf(size));
      await mkdir(dirname(kept), { recursive: true });
      await createOnce(kept, note, size);
      await replace(join(folder, latestName), note);
    },
  };
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function createOnce(file: string, note: string, size: number): Promise<void> {
  const draft = await writeDraft(file, note);
  try {
    // A link is made whole or not at all, and never over what is there.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    assertSameHead(await readFile(file, 'utf8'), note, size);
  } finally {
    await unlink(draft);
  }
}

async function replace(file: string, note: string): Promise<void> {
  await rename(await writeDraft(file, note), file);
}

async function writeDraft(file: string, note: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx');
  try {
    await handle.writeFile(note);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}
