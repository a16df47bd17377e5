/** Content held against JSON Schemas: of items, of tools' inputs and outputs. */
import { userError, UserErrors } from '../../kernel/errors/index.js';
import type { SchemaProblem } from './schema-definition.js';
import { SchemaEngine } from './schema-engine.js';

let engine: Promise<SchemaEngine> | undefined;

function loaded(): Promise<SchemaEngine> {
  return (engine ??= SchemaEngine.load());
}

/** Everything that keeps `definition` from being used as a schema, by its paths. */
export async function checkDefinition(definition: unknown): Promise<readonly SchemaProblem[]> {
  return (await loaded()).check(definition);
}

/** What is wrong with `content`, by its paths; empty when nothing is. `definition` is one that was stored. */
export async function validateContent(definition: unknown, content: unknown): Promise<readonly SchemaProblem[]> {
  return (await loaded()).validate(definition, content);
}

/** Throws VALIDATION with each problem at its path behind `field`. */
export async function assertContent(field: readonly string[], definition: unknown, content: unknown): Promise<void> {
  throwProblems(field, await validateContent(definition, content));
}

/** Throws VALIDATION with each problem at its path behind `field`. */
export async function assertDefinition(field: readonly string[], definition: unknown): Promise<void> {
  throwProblems(field, await checkDefinition(definition));
}

function throwProblems(field: readonly string[], problems: readonly SchemaProblem[]): void {
  if (problems.length === 0) return;
  throw new UserErrors(
    problems.flatMap(
      ({ path, message }) => userError('VALIDATION', [...field, ...fromPointer(path)], message).userErrors,
    ),
  );
}

/** `/lines/0/a~1b` → `['lines', '0', 'a/b']`. */
export function fromPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
