/** What a repository says of its own audit, in `.weft/audit.yaml`: files to leave, secrets that are none, checks of its own. */
import picomatch from 'picomatch';
import { ContractError, isMembers, parseBlock, toTexts, type Members } from './contract.js';
import { toPattern, type Pattern } from './pattern.js';
import type { AuditFile, Severity } from './types.js';

export const configurationPaths = ['.weft/audit.yaml', '.weft/audit.yml', '.weft/audit.json'] as const;

export interface OwnRule {
  readonly pattern: Pattern;
  readonly reason: string;
}

export interface OwnCheck {
  readonly name: string;
  readonly applies: (path: string) => boolean;
  readonly severity: Severity;
  readonly forbidden: readonly OwnRule[];
  /** Each file that it applies to must have them all. */
  readonly required: readonly OwnRule[];
}

export interface Configuration {
  /** Files that no check looks at. */
  readonly ignores: (path: string) => boolean;
  readonly allowedSecrets: { readonly isAllowedPath: (path: string) => boolean; readonly patterns: readonly Pattern[] };
  /** Fingerprints of findings that are accepted: they are told, and count for nothing. */
  readonly accepted: ReadonlySet<string>;
  readonly checks: readonly OwnCheck[];
}

const none = (): boolean => false;
const options = { dot: true } as const;

export const noConfiguration: Configuration = {
  ignores: none,
  allowedSecrets: { isAllowedPath: none, patterns: [] },
  accepted: new Set(),
  checks: [],
};

/** Throws ContractError, naming the place. */
export function readConfiguration(files: readonly AuditFile[]): Configuration {
  const file = configurationPaths.flatMap((path) => files.find((each) => each.path === path) ?? [])[0];
  if (file === undefined) return noConfiguration;
  try {
    return toConfiguration(parseBlock(file.content));
  } catch (error) {
    if (error instanceof ContractError) throw new ContractError(`${file.path}: ${error.message}`);
    throw error;
  }
}

const members = ['ignore', 'secrets', 'accepted', 'checks'];

function toConfiguration(value: unknown): Configuration {
  if (value === null) return noConfiguration;
  if (!isMembers(value)) throw new ContractError(`Expected an object with ${members.join(', ')}.`);
  const strange = Object.keys(value).find((name) => !members.includes(name));
  if (strange !== undefined)
    throw new ContractError(`There is no setting ${strange}; there are ${members.join(', ')}.`);
  const secrets = value['secrets'] ?? {};
  if (!isMembers(secrets)) throw new ContractError('secrets must be an object.');
  return {
    ignores: toMatch(toTexts(value['ignore'], 'ignore')),
    allowedSecrets: {
      isAllowedPath: toMatch(toTexts(secrets['paths'], 'secrets.paths')),
      patterns: toTexts(secrets['allow'], 'secrets.allow').map((text) => toPattern(text, 'secrets.allow')),
    },
    accepted: new Set(toAccepted(value['accepted'])),
    checks: toChecks(value['checks']),
  };
}

function toMatch(globs: readonly string[]): (path: string) => boolean {
  return globs.length === 0 ? none : picomatch([...globs], options);
}

/** A fingerprint, or an object that says why beside it. */
function toAccepted(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value == null ? [] : [value];
  return list.map((item, index) => {
    const fingerprint = isMembers(item) ? item['finding'] : item;
    if (typeof fingerprint === 'string' && /^[0-9a-f]{32}$/.test(fingerprint)) return fingerprint;
    throw new ContractError(`accepted[${index}] must be the fingerprint of a finding: 32 hex digits.`);
  });
}

const mostChecks = 20;
const severities: Readonly<Record<string, Severity>> = { error: 'ERROR', warning: 'WARNING', note: 'NOTE' };

function toChecks(value: unknown): OwnCheck[] {
  if (value == null) return [];
  if (!Array.isArray(value)) throw new ContractError('checks must be a list.');
  if (value.length > mostChecks) throw new ContractError(`There may be ${mostChecks} checks.`);
  const checks = value.map((item, index) => toCheck(item, `checks[${index}]`));
  const twice = checks.find(({ name }, index) => checks.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new ContractError(`Two checks are called ${twice.name}.`);
  return checks;
}

function toCheck(value: unknown, place: string): OwnCheck {
  if (!isMembers(value)) throw new ContractError(`${place} must be an object.`);
  const { name, files, severity = 'error' } = value;
  if (typeof name !== 'string' || name.trim() === '' || name.length > 100) {
    throw new ContractError(`${place}.name must have 1 to 100 characters.`);
  }
  const globs = toTexts(files, `${place}.files`);
  if (globs.length === 0) throw new ContractError(`${place}.files must name files by globs.`);
  const level = typeof severity === 'string' && Object.hasOwn(severities, severity) ? severities[severity] : undefined;
  if (level === undefined) throw new ContractError(`${place}.severity must be error, warning or note.`);
  const forbidden = toRules(value, 'forbidden', place);
  const required = toRules(value, 'required', place);
  if (forbidden.length + required.length === 0) throw new ContractError(`${place} must have forbidden or required.`);
  return { name, applies: toMatch(globs), severity: level, forbidden, required };
}

/** Patterns, or objects of a pattern and a reason. */
export function toRules(value: Members, name: string, place: string): OwnRule[] {
  const given = value[name];
  const list: unknown[] = Array.isArray(given) ? given : given == null ? [] : [given];
  return list.map((item, index) => {
    const where = `${place}.${name}[${index}]`;
    if (typeof item === 'string') return { pattern: toPattern(item, where), reason: '' };
    if (!isMembers(item) || typeof item['pattern'] !== 'string')
      throw new ContractError(`${where} must have a pattern.`);
    const reason = toTexts(item['reason'], `${where}.reason`).join(' ');
    return { pattern: toPattern(item['pattern'], where), reason };
  });
}
