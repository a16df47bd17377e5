/** Files judged in this thread, for tests of what checks find. */
import { loadReaders } from '../../auditor/grammars.js';
import { judge, prepare, type AuditSubject, type CheckOutcome } from '../../domain/audit/index.js';

const readers = loadReaders();

export function file(path: string, content = ''): { path: string; content: string } {
  return { path, content };
}

/** Files by path. */
export function tree(files: Readonly<Record<string, string>>): { path: string; content: string }[] {
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

export async function judged(subject: Partial<AuditSubject>): Promise<CheckOutcome[]> {
  const whole = { files: [], changedPaths: null, boundaries: null, physics: null, ...subject };
  const prepared = prepare(whole, await readers);
  const outcomes: CheckOutcome[] = [];
  for (const check of prepared.checks) {
    outcomes.push(
      await judge(check, prepared, (error) => {
        throw error;
      }),
    );
  }
  return outcomes;
}

export async function outcome(code: string, subject: Partial<AuditSubject>): Promise<CheckOutcome> {
  const found = (await judged(subject)).find((each) => each.code === code);
  if (found === undefined) throw new Error(`there is no check ${code}`);
  return found;
}

/** Result and detail of one check. */
export async function verdict(code: string, subject: Partial<AuditSubject>): Promise<string> {
  const { result, detail } = await outcome(code, subject);
  return detail === null ? result : `${result}: ${detail}`;
}
