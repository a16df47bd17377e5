/** Content of items held against document schemas. */
import type { Queryable } from '../../kernel/db/index.js';
import { validateContent } from '../domain/schema-content.js';
import type { SchemaReference } from '../domain/template-spec.js';
import { findSchemaVersion, type SchemaVersion } from '../repository/index.js';

export interface CheckedContent {
  readonly schemaId: string;
  /** What is wrong, each with its path; null when nothing is. */
  readonly problem: string | null;
}

/** Versions are immutable, and a run asks for the same ones at every step. */
const known = new WeakMap<object, Map<string, SchemaVersion>>();

/** Holds a step's content against the version that its template names. Templates name only versions that there are. */
export async function checkStepContent(
  db: Queryable,
  cacheOwner: object,
  { name, version }: SchemaReference,
  content: unknown,
): Promise<CheckedContent> {
  let versions = known.get(cacheOwner);
  if (versions === undefined) known.set(cacheOwner, (versions = new Map<string, SchemaVersion>()));
  const key = `${name}@${version}`;
  const schema = versions.get(key) ?? (await findSchemaVersion(db, name, version));
  if (schema === null) throw new Error(`there is no document schema ${key}`);
  versions.set(key, schema);
  const problems = await validateContent(schema.definition, content);
  const said = problems.map(({ path, message }) => `${path === '' ? '/' : path}: ${message}`).join('; ');
  return { schemaId: schema.id, problem: said === '' ? null : `its content does not meet ${key}: ${said}` };
}
