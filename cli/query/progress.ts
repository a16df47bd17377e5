/** What a person sees of rows on their way: a line that overwrites itself while somebody looks, and what it came to. */

export interface Progress {
  readonly rows: number | null;
  readonly bytes: number;
}

export interface ProgressLine {
  readonly update: (progress: Progress) => void;
  readonly end: (progress: Progress) => void;
}

const shownEvery = 100;

export function progressLine(terminal: { readonly isTTY?: boolean; write(text: string): unknown }): ProgressLine {
  const start = performance.now();
  let shown = start;
  return {
    update(progress) {
      const now = performance.now();
      if (terminal.isTTY !== true || now - shown < shownEvery) return;
      shown = now;
      terminal.write(`\r\u001b[K${describe(progress, now - start)}`);
    },
    end(progress) {
      const line = describe(progress, performance.now() - start);
      terminal.write(`${terminal.isTTY === true ? '\r\u001b[K' : ''}${line}\n`);
    },
  };
}

function describe({ rows, bytes }: Progress, milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  const amount = bytes < 100_000 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const size = `${amount} in ${seconds.toFixed(1)} s`;
  if (rows === null) return size;
  const rate = Math.round(rows / Math.max(seconds, 0.001));
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}, ${size} (${rate.toLocaleString('en')} rows/s)`;
}
