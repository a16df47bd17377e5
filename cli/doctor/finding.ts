/** What a check of `weft doctor` finds. */

export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found, in half a sentence. */
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
}

export function ok(name: string, detail: string): Finding {
  return { name, status: 'ok', detail };
}

export function warning(name: string, detail: string, advice: string): Finding {
  return { name, status: 'warning', detail, advice };
}

/** A failure's own message is its detail: those of StartupErrors say what to do as well. */
export function failed(name: string, error: unknown, advice?: string): Finding {
  const detail = error instanceof Error ? error.message : String(error);
  return { name, status: 'failed', detail, ...(advice !== undefined && { advice }) };
}

export function formatFinding({ name, status, detail, advice }: Finding): string {
  const sign = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ', skipped: 'skipped' }[status];
  return `${sign}  ${name}: ${detail}${advice === undefined ? '' : `${detail.endsWith('.') ? '' : '.'} ${advice}.`}`;
}
