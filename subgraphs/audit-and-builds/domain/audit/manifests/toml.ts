/** TOML as people write it into manifests. */
import { parse } from 'smol-toml';

/** Null for what can't be parsed. */
export function readToml(text: string): Record<string, unknown> | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** `Flask-SQLAlchemy`, `flask_sqlalchemy` and `flask.sqlalchemy` are one name to Python's index. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The name at the start of a requirement: `uvicorn[standard]>=0.30; python_version > "3.9"`. */
export function requirementName(requirement: string): string | null {
  const name = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)/.exec(requirement)?.[1];
  return name === undefined ? null : normalName(name);
}
