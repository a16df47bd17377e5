/** What a file is by where it stands: a test, a fixture, something that was written elsewhere. */

const tests =
  /(?:^|\/)(?:__tests__|tests?|spec|e2e|cypress)\/|[._-](?:test|spec|e2e)\.\w+$|(?:^|\/)test_[^/]+$|_test\.\w+$|(?:^|\/)conftest\.py$/;

export function isTest(path: string): boolean {
  return tests.test(path);
}

const fixtures =
  /(?:^|\/)(?:(?:__)?fixtures?(?:__)?|__mocks__|testdata|test[-_]data|test[-_]cases|__snapshots__|cassettes|snapshots)\/|\{\{|\{%/i;

/** Files that tests read, also such as are wrong on purpose; and templates of files, whose names have places to fill. */
export function isFixture(path: string): boolean {
  return fixtures.test(path);
}

const foreign =
  /(?:^|\/)(?:node_modules|bower_components|vendor|third[-_]party|dist|build|out|coverage|\.venv|venv|site-packages|__pycache__|\.yarn|target|\.next)\/|[.-]min\.(?:js|css|mjs)$|\.bundle\.js$|(?:^|\/)\.pnp\.c?js$/;

/** Dependencies and output of a build: not the authors' own words. */
export function isForeign(path: string): boolean {
  return foreign.test(path);
}

const locks =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Cargo\.lock|go\.sum|composer\.lock|Gemfile\.lock|deno\.lock)$/;

export function isLockFile(path: string): boolean {
  return locks.test(path);
}
