/** A program beside the file that asks, run as that file is: compiled, or by tsx. */
import { fileURLToPath } from 'node:url';

export interface SiblingProgram {
  readonly path: string;
  readonly execArgv: readonly string[];
}

export function siblingProgram(name: string, importer: string): SiblingProgram {
  const isSource = importer.endsWith('.ts');
  return {
    path: fileURLToPath(new URL(`${name}.${isSource ? 'ts' : 'js'}`, importer)),
    execArgv: isSource ? ['--import', 'tsx'] : [],
  };
}
