/** The log of a build: what every build says, around what this one did. */
import type { BuildStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';

type Line = BuildStory['log'][number];

/** Answers how many lines there are. */
export function tellLog(
  fullName: string,
  build: BuildStory,
  { buildId, startedAt }: { readonly buildId: string; readonly startedAt: string },
  rows: RowSet,
): number {
  const lines: readonly Line[] = [...opening(fullName, build), ...build.log, ...closing(build)];
  const step = (build.minutes * 60_000) / lines.length;
  lines.forEach(([source, level, message], index) => {
    const moment = new Date(Date.parse(startedAt) + Math.round(index * step)).toISOString();
    rows.add('builds.build_logs', {
      id: idOf(`log ${buildId} ${index}`),
      build_id: buildId,
      timestamp: moment,
      source,
      level,
      message,
      created_at: moment,
      sequence: index + 1,
    });
  });
  return lines.length;
}

function opening(fullName: string, { phase }: BuildStory): Line[] {
  return [
    ['system', 'info', `${phase}: started on ${fullName}`],
    ['system', 'debug', 'Node 20.19, 4 cores, 8 GiB'],
    ['builder', 'info', 'Reading the ten contracts'],
    ['audit', 'info', 'Boundaries hold before the first change'],
  ];
}

function closing({ phase, status, loops, error }: BuildStory): Line[] {
  switch (status) {
    case 'completed':
      return [
        ['audit', 'info', `A4, P1 and T1 pass after ${loops} ${loops === 1 ? 'loop' : 'loops'}`],
        ['system', 'info', `${phase}: completed`],
      ];
    case 'failed':
      return [['system', 'error', `${phase}: failed. ${error ?? ''}`]];
    case 'cancelled':
      return [['system', 'warn', `${phase}: cancelled. ${error ?? ''}`]];
    case 'running':
      return [];
    default:
      return status satisfies never;
  }
}
