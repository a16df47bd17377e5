/** When a schedule is due: its cron expression in its time zone, and what is done about times that were missed. */
import { Cron } from 'croner';
import { userError } from '../../kernel/errors/index.js';

export type CatchUp = 'NONE' | 'LATEST' | 'ALL';

export interface Timetable {
  readonly cron: string;
  readonly timeZone: string;
}

/** A time that is looked at so late is missed: processes look every few seconds. */
const missedAfterMs = 60_000;
/** Of one schedule that starts for every time it missed, in one round: the next round goes on. */
const mostAtOnce = 20;

/** Throws VALIDATION for what is no cron expression of five fields, no time zone, or never due. */
export function assertTimetable({ cron, timeZone }: Timetable): void {
  if (timeZone.length > 100 || !isTimeZone(timeZone))
    throw userError('VALIDATION', 'timeZone', 'Expected a time zone of the IANA database, such as Europe/Prague.');
  if (cron.length > 200 || cron.trim().split(/\s+/).length !== 5)
    throw userError(
      'VALIDATION',
      'cron',
      'Expected five fields: minute, hour, day of the month, month, day of the week.',
    );
  let next: Date | null;
  try {
    next = nextTime({ cron, timeZone }, new Date(0));
  } catch {
    throw userError('VALIDATION', 'cron', 'This is not a cron expression.');
  }
  if (next === null) throw userError('VALIDATION', 'cron', 'There is no such time.');
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The first time after `after`; null when there is none. */
export function nextTime({ cron, timeZone }: Timetable, after: Date): Date | null {
  return new Cron(cron.trim(), { timezone: timeZone, mode: '5-part' }).nextRun(after);
}

export interface DueTimes {
  /** Times for which a run starts now, oldest first. */
  readonly fire: readonly Date[];
  /** When to look again; null: never. */
  readonly next: Date | null;
}

/** `due` is the time that was waited for, not after `now`. What is answered depends on nothing else, so any process decides alike. */
export function dueTimes(timetable: Timetable, catchUp: CatchUp, { due, now }: { due: Date; now: Date }): DueTimes {
  if (catchUp === 'ALL') {
    const fire = [due];
    let next = nextTime(timetable, due);
    while (next !== null && next <= now && fire.length < mostAtOnce) {
      fire.push(next);
      next = nextTime(timetable, next);
    }
    return { fire, next };
  }
  const next = nextTime(timetable, now);
  const latest = latestTime(timetable, due, now);
  const isMissed = now.getTime() - latest.getTime() > missedAfterMs;
  return { fire: isMissed && catchUp === 'NONE' ? [] : [latest], next };
}

/** The last time up to `now`, at the earliest `due`. It is looked for in steps that widen, so a year of minutes costs no half a million. */
function latestTime(timetable: Timetable, due: Date, now: Date): Date {
  for (let backMs = missedAfterMs; now.getTime() - backMs > due.getTime(); backMs *= 2) {
    let found = nextTime(timetable, new Date(now.getTime() - backMs));
    if (found === null || found > now) continue;
    for (let next = nextTime(timetable, found); next !== null && next <= now; next = nextTime(timetable, found))
      found = next;
    return found;
  }
  let latest = due;
  for (let next = nextTime(timetable, due); next !== null && next <= now; next = nextTime(timetable, next))
    latest = next;
  return latest;
}
