/** A Chromium of this machine, for tests that look at pages. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Its path. Throws what to install when there is none. */
export function findChromium(): string {
  const named = process.env['WEFT_TEST_CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates =
    named === undefined ? folders.flatMap((folder) => names.map((name) => join(folder, name))) : [named];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    named === undefined
      ? 'There is no Chromium on this machine: install one (Debian: apt-get install -y chromium), or set WEFT_TEST_CHROMIUM to its path.'
      : `WEFT_TEST_CHROMIUM names ${named}, which is no program.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
