/** Reads the part of a contract that a program can hold a commit against: YAML or JSON, alone or in a fenced block. */
import { parseDocument } from 'yaml';
import { findDeeper } from '../../../kernel/yaml/index.js';

/** The contract can't be read: its message is for whoever wrote it. */
export class ContractError extends Error {}

const fence = /^```(?:ya?ml|json)\s*\n([\s\S]*?)^```/gm;
const largest = 1_000_000;
const deepest = 100;

export type Members = Readonly<Record<string, unknown>>;

/**
 * The first object that has one of `names`. Null when there is none: a contract may be prose alone. Throws ContractError
 * when a block is there and can't be parsed.
 */
export function readContract(text: string, names: readonly string[]): Members | null {
  if (text.length > largest) throw new ContractError(`The contract has more than ${largest} characters.`);
  const blocks = [...text.matchAll(fence)].map(([, block]) => block ?? '');
  for (const block of blocks) {
    const members = parseBlock(block);
    if (hasAny(members, names)) return members;
  }
  if (blocks.length > 0 || !(text.trimStart().startsWith('{') || names.some((name) => isMember(text, name))))
    return null;
  const whole = parseBlock(text);
  return hasAny(whole, names) ? whole : null;
}

function isMember(text: string, name: string): boolean {
  return new RegExp(`^["' \\t]*${name}["']?[ \\t]*:`, 'm').test(text);
}

/** Throws ContractError for what can't be parsed. */
export function parseBlock(text: string): unknown {
  if (text.length > largest) throw new ContractError(`It has more than ${largest} characters.`);
  if (findDeeper(text, deepest) !== null) throw new ContractError(`The contract nests deeper than ${deepest} levels.`);
  // Of two members of one name the later counts, as in JSON and in Python's YAML.
  const document = parseDocument(text, { uniqueKeys: false });
  const fault = document.errors[0];
  if (fault !== undefined)
    throw new ContractError(`The contract can't be parsed: ${fault.message.split('\n')[0] ?? ''}`);
  try {
    // Aliases let a small text grow without bound.
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new ContractError('The contract can’t be parsed: aliases are not taken.');
  }
}

function hasAny(value: unknown, names: readonly string[]): value is Members {
  return isMembers(value) && names.some((name) => Object.hasOwn(value, name));
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or a list of texts. Throws ContractError, naming the place. */
export function toTexts(value: unknown, place: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  if (list.every((item) => typeof item === 'string')) return list;
  throw new ContractError(`${place} must be a text or a list of texts.`);
}
