/** What `weft doctor` asks of the machine: the folder of the data, and the port. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { assertCanListen } from '../../gateway/listen/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { type Finding, failed, ok, warning } from './finding.js';

const mebibyte = 1024 * 1024;
/** An embedded store with the demo company takes about 60 MiB, and its write-ahead log may take as much again. */
const space = { needed: 200 * mebibyte, wanted: 1024 * mebibyte };

export function checkDataFolder({ database: { dataDir } }: Config): Finding {
  const name = 'data folder';
  const path = resolve(dataDir);
  const nearest = nearestThatExists(path);
  const where = nearest === path ? path : `${path}, to be made in ${nearest}`;
  try {
    const { mode } = statSync(nearest);
    if (!statSync(nearest).isDirectory()) return failed(name, `${nearest} is no folder`, 'Set WEFT_DATA_DIR to one');
    accessSync(nearest, constants.R_OK | constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(nearest);
    const free = bavail * bsize;
    const left = `${where}, ${Math.floor(free / mebibyte)} MiB free`;
    if (free < space.needed) return failed(name, left, 'Make room, or set WEFT_DATA_DIR to a larger disk');
    if (nearest === path && (mode & 0o002) !== 0) {
      return warning(name, `${where} may be written by every user`, `Take that away: chmod o-w ${path}`);
    }
    return free < space.wanted ? warning(name, left, 'A store grows: make room in time') : ok(name, left);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return failed(
      name,
      `${where} can't be written (${code})`,
      'Set WEFT_DATA_DIR to a folder that this user may write',
    );
  }
}

function nearestThatExists(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestThatExists(dirname(path));
}

/** A gateway that is up on the port is as it should be; anything else there would keep one from starting. */
export async function checkPort(config: Config, isServing: boolean): Promise<Finding> {
  const name = 'port';
  if (isServing) return ok(name, `a gateway answers at ${config.host}:${config.port}`);
  try {
    await assertCanListen(config);
    return ok(name, config.port === 0 ? 'any that is free' : `${config.host}:${config.port} is free`);
  } catch (error) {
    return failed(name, error);
  }
}
