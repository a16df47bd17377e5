/** Build logs: appended in batches, and read on from a line. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import { UserErrors, userError } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import type { Row } from '../../kernel/read/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { buildLogsAppended, isFinalBuild, type BuildStatus } from '../domain/build-states.js';
import { redactSecrets } from '../domain/redaction.js';
import { lockBuild } from './builds.js';

export interface LogLine {
  readonly message: string;
  /** As stored. */
  readonly level?: string | null;
  readonly source?: string | null;
  readonly timestamp?: Date | string | null;
}

export interface Append {
  readonly buildId: string;
  readonly lines: readonly LogLine[];
  readonly expectedLastSequence?: number | bigint | string | null;
}

export interface Appended {
  readonly build: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

const longestBatch = 1_000;
const longestMessage = 16_384;

/**
 * Takes numbers for all lines at once while it holds the build's row: writers of one build take turns, so lines become
 * visible in the order of their numbers and without a gap, which is what following by number rests on.
 */
export async function appendLines(writer: Writer, append: Append): Promise<Written<Appended>> {
  const { buildId, lines, expectedLastSequence } = append;
  let stored: number | null = null;
  const written = await write(writer, { operation: 'buildLogsAppend' }, async (tx) => {
    assertLines(lines);
    const build = await lockBuild(tx, buildId);
    stored = build.lastLogSequence;
    if (expectedLastSequence != null && BigInt(expectedLastSequence) !== BigInt(stored)) {
      const message = `The last line has sequence ${stored}, not ${String(expectedLastSequence)}.`;
      throw userError('CONFLICT', 'expectedLastSequence', message);
    }
    if (isFinalBuild(build.status)) {
      throw userError('INVALID_TRANSITION', 'buildId', `The build is ${build.status}: its log is closed.`);
    }
    const first = stored + 1;
    const last = stored + lines.length;
    await tx.query(sql`/* builds.appendLines */
      with numbered as (update builds.builds set last_log_sequence = ${last} where id = ${buildId}::uuid)
      insert into builds.build_logs (build_id, sequence, timestamp, source, level, message)
      select ${buildId}::uuid, ${stored}::bigint + line.n, coalesce(line.timestamp, now()), line.source, line.level, line.message
      from unnest(
        ${lines.map((line) => line.timestamp ?? null)}::timestamptz[],
        ${lines.map((line) => line.source ?? 'builder')}::text[],
        ${lines.map((line) => line.level ?? 'info')}::text[],
        ${lines.map((line) => toStored(line.message))}::text[]
      ) with ordinality as line (timestamp, source, level, message, n)`);
    tx.record({
      type: 'Build',
      key: buildId,
      action: buildLogsAppended,
      repository: build.repository,
      details: { sequence: [first, last] },
      payload: { lastSequence: last },
    });
    return { build: buildId, firstSequence: first, lastSequence: last };
  });
  const isConflict = written.userErrors.some(({ code }) => code === 'CONFLICT');
  return isConflict && stored !== null ? { ...written, lastSequence: stored } : written;
}

/** NUL can't be stored in a text; everything else a builder prints is kept. */
function toStored(message: string): string {
  return redactSecrets(message).replaceAll('\0', '\ufffd');
}

function assertLines(lines: readonly LogLine[]): void {
  if (lines.length < 1 || lines.length > longestBatch) {
    throw userError('VALIDATION', 'lines', `Expected 1 to ${longestBatch} lines.`);
  }
  const faults = lines.flatMap(({ message }, index) =>
    message.length >= 1 && message.length <= longestMessage ? [] : [['lines', String(index), 'message']],
  );
  if (faults.length === 0) return;
  throw new UserErrors(
    faults.slice(0, 20).map((field) => ({
      code: 'VALIDATION',
      field,
      message: `Expected 1 to ${longestMessage} characters.`,
    })),
  );
}

export interface LogState {
  readonly lastSequence: number;
  readonly hasEnded: boolean;
}

/** Null when there is no such build. */
export async function findLogState(db: Queryable, buildId: string): Promise<LogState | null> {
  const [row] = await db.query<{ lastSequence: number; status: BuildStatus }>(sql`/* builds.logState */
    select last_log_sequence as "lastSequence", upper(status) as status from builds.builds where id = ${buildId}::uuid`);
  return row === undefined ? null : { lastSequence: row.lastSequence, hasEnded: isFinalBuild(row.status) };
}

export interface LineRange {
  readonly buildId: string;
  /** Exclusive. */
  readonly after: number;
  /** Inclusive. */
  readonly upTo: number;
  /** As stored; null is all. */
  readonly levels: readonly string[] | null;
  readonly sources: readonly string[] | null;
}

/** In the shape of `BuildLog`, in order. */
export async function listLines(db: Queryable, { buildId, after, upTo, levels, sources }: LineRange): Promise<Row[]> {
  const rows = await db.query<Row>(sql`/* builds.listLines */
    select id, build_id as "_build_id", sequence, timestamp, source, level, message, created_at as "createdAt"
    from builds.build_logs where build_id = ${buildId}::uuid and sequence > ${after} and sequence <= ${upTo}
      and (${levels}::text[] is null or level = any(${levels}::text[]))
      and (${sources}::text[] is null or source = any(${sources}::text[]))
    order by sequence`);
  for (const row of rows) row['id'] = toGlobalId('BuildLog', String(row['id']));
  return rows;
}
