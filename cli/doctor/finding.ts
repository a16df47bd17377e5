/** What a check of `weft doctor` finds. */

export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found, in half a sentence. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** A failure's own message is its detail: those of StartupErrors say what to do as well. */
export function failed(name: string, error: unknown): Finding {
  return { name, status: 'failed', detail: error instanceof Error ? error.message : String(error) };
}

export function formatFinding({ name, status, detail, advice }: Finding): string {
  const sign = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ', skipped: 'skipped' }[status];
  return `${sign}  ${name}: ${detail}${advice === undefined ? '' : `. ${advice}`}`;
}
