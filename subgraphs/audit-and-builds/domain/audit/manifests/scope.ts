/** What one kind of manifest has to say of the imports of its language. */
import type { Repository, Source } from '../repository.js';
import type { ImportFact } from '../sources/facts.js';

/** An import of a package that nothing declares. */
export interface Undeclared {
  readonly source: Source;
  readonly fact: ImportFact;
  /** The package, as its registry calls it where that is known. */
  readonly name: string;
  /** Where it should have been declared; null when there is no such file. */
  readonly manifest: string | null;
}

/** A lock file that is not of its manifest. */
export interface OutOfStep {
  readonly lock: string;
  readonly message: string;
}

/** A manifest that can't be read. */
export interface Unreadable {
  readonly path: string;
}

export interface Ecosystem {
  undeclared(source: Source): Undeclared[];
  outOfStep(): OutOfStep[];
  unreadable(): Unreadable[];
}

export type CreateEcosystem = (repository: Repository) => Ecosystem;
