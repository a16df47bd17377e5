/** A9: what is imported is declared, nothing is imported unseen, and lock files are of their manifests. */
import { Cargo } from '../manifests/cargo.js';
import { Go } from '../manifests/go.js';
import { Npm } from '../manifests/npm.js';
import { Python } from '../manifests/python.js';
import type { Ecosystem, Undeclared } from '../manifests/scope.js';
import { isFixture, isForeign } from '../places.js';
import type { Repository, Source } from '../repository.js';
import type { Language } from '../sources/facts.js';
import type { Check } from '../check.js';
import type { Finding } from '../types.js';

const manifestOf: Readonly<Record<Language, string>> = {
  script: 'package.json',
  python: 'pyproject.toml or requirements.txt',
  go: 'go.mod',
  rust: 'Cargo.toml',
};

export const dependencyCheck: Check = {
  code: 'A9',
  name: 'Dependency gate',
  run({ repository }) {
    const ecosystems: Readonly<Record<Language, Ecosystem>> = {
      script: new Npm(repository),
      python: new Python(repository),
      go: new Go(repository),
      rust: new Cargo(repository),
    };
    const sources = repository.sources.filter(({ path }) => !isForeign(path) && !isFixture(path));
    const undeclared = sources.flatMap((source) => ecosystems[source.facts.language].undeclared(source));
    return {
      findings: [
        ...oncePerPackage(undeclared).map(toFinding),
        ...sources.flatMap((source) => wildcards(repository, source)),
        ...Object.values(ecosystems).flatMap((ecosystem) => [
          ...ecosystem.outOfStep().map(({ lock, message }) => fault('lock-out-of-step', lock, message)),
          ...ecosystem.unreadable().map(({ path }) => fault('unreadable-manifest', path, 'can’t be read')),
        ]),
      ],
    };
  },
};

/** A package that is missing is one finding, where it is first imported: one line in a manifest mends it. */
function oncePerPackage(undeclared: readonly Undeclared[]): Undeclared[] {
  const first = new Map<string, Undeclared>();
  for (const each of undeclared) {
    const key = `${each.source.facts.language} ${each.manifest ?? ''} ${each.name}`;
    const before = first.get(key);
    // A use that must be there goes before one that may be missing.
    if (before === undefined || (before.fact.isOptional && !each.fact.isOptional)) first.set(key, each);
  }
  return [...first.values()];
}

function toFinding({ source, fact, name, manifest }: Undeclared): Finding {
  const where =
    manifest === null
      ? `there is no ${manifestOf[source.facts.language]} to declare it in`
      : `${manifest} does not declare it`;
  return {
    rule: 'undeclared-import',
    severity: fact.isOptional ? 'WARNING' : 'ERROR',
    path: source.path,
    line: fact.line,
    message: `imports ${name}, and ${where}`,
  };
}

/** A package may hand on all that its own modules have; elsewhere nobody sees where a name comes from. */
function wildcards(repository: Repository, source: Source): Finding[] {
  const { path, facts } = source;
  return facts.imports
    .filter(({ isWildcard }) => isWildcard)
    .map((fact) => {
      const handsOn = /(?:^|\/)__init__\.pyi?$/.test(path) && repository.targetsOf(source, fact).length > 0;
      const message = `imports everything of ${fact.specifier}`;
      return { rule: 'wildcard-import', severity: handsOn ? 'NOTE' : 'ERROR', path, line: fact.line, message };
    });
}

function fault(rule: string, path: string, message: string): Finding {
  return { rule, severity: 'ERROR', path, line: null, message };
}
