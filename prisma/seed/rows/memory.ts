/** What agents remember. */
import { at } from '../calendar.js';
import type { MemoryStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';

export function tellMemory({ type, title, content, by, on, expires }: MemoryStory, rows: RowSet): void {
  const id = idOf(`memory ${on} ${title}`);
  const createdAt = at(on, '13:00');
  rows.add('workflow.mem_docs', {
    id,
    type,
    title,
    content,
    created_by: by,
    expires_at: expires === undefined ? null : at(expires),
    created_at: createdAt,
    updated_at: createdAt,
  });
  rows.note({
    at: createdAt,
    user: by,
    type: 'MemDoc',
    key: id,
    action: 'memDocCreated',
    details: { type, runId: null, characters: content.length },
    event: false,
  });
}
