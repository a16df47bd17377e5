import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { JsonObject, JsonValue } from './artifact-types.js';
import { isArtifactId } from './artifact-kinds.js';
import { checkRelativePath } from './file-text.js';
import type { FrontMatter } from './front-matter.js';
import { checkStorable, isStorableText } from './json-values.js';
import { quoted, type ProblemSink } from './problems.js';
import { findValue, textLimits } from './values.js';

export interface OneOfOptions<Value> {
  /** For an absent field; without one the field must be there. */
  readonly fallback?: Value;
  readonly synonyms?: Readonly<Record<string, Value>>;
}

/** Reads the fields of one front matter by name and type; what does not fit goes to the sink with its line. */
export interface FieldReader {
  /** The line of a field, of the whole front matter when it is absent. */
  line(name: string): number;
  /** The text of a field, null when it is anything else. Does not count as reading it. */
  peek(name: string): string | null;
  /** The ids of a list, or the one that stands alone. Does not count as reading it. */
  peekIds(name: string): readonly string[];
  /** Null when absent or empty. A bare number or boolean is text as written: `version: 1.10` is "1.10". */
  text(name: string, maxLength?: number): string | null;
  id(name: string): string | null;
  /** One of a closed list, however it is cased. */
  oneOf<Value extends string>(name: string, values: readonly Value[], options?: OneOfOptions<Value>): Value | null;
  /** A list of texts. A single text is a list of one. */
  list(name: string): readonly string[];
  /** A list of paths inside the repository. */
  paths(name: string): readonly string[];
  /** Text, or the YAML of a structure as the author wrote it. */
  textOrStructure(name: string, maxLength?: number): string | null;
  /** Rejects the file unless the field is there. */
  rejectMissing(name: string, what: string): void;
  /** Every field that was not read by name. */
  rest(): JsonObject;
}

export function createFieldReader(frontMatter: FrontMatter, sink: ProblemSink): FieldReader {
  const nodes = new Map<string, Node | null>();
  const keyLines = new Map<string, number>();
  for (const { key, value } of frontMatter.fields.items) {
    const name = isScalar(key) ? String(key.value) : '';
    nodes.set(name, value as Node | null);
    keyLines.set(name, lineOfNode(key as Node | null));
  }
  const read = new Set<string>();

  function lineOfNode(node: Node | null): number {
    return frontMatter.lineOf(node?.range?.[0] ?? 0);
  }
  function line(name: string): number {
    return keyLines.get(name) ?? 1;
  }
  function take(name: string): Node | null {
    read.add(name);
    const node = nodes.get(name) ?? null;
    return isScalar(node) && (node.value === null || node.value === '') ? null : node;
  }
  /** The text of a scalar, null (and a problem) for anything else. */
  function scalarText(node: Node, name: string, maxLength: number): string | null {
    if (!isScalar(node)) {
      sink.reject('WRONG_TYPE', lineOfNode(node), `${name} must be text, not a ${isSeq(node) ? 'list' : 'mapping'}.`);
      return null;
    }
    const text = (typeof node.value === 'string' ? node.value : (node.source ?? '')).trim();
    return checkText(text, name, lineOfNode(node), maxLength) ? text : null;
  }
  function checkText(text: string, name: string, at: number, maxLength: number): boolean {
    if (text.length > maxLength) {
      sink.reject('TOO_LONG', at, `${name} has ${text.length} characters; at most ${maxLength} are kept.`);
      return false;
    }
    if (!isStorableText(text)) {
      sink.reject('INVALID_TEXT', at, `${name} has a character that no text may have (NUL or half a surrogate pair).`);
      return false;
    }
    return true;
  }
  function text(name: string, maxLength: number = textLimits.shortText): string | null {
    const node = take(name);
    return node === null ? null : scalarText(node, name, maxLength) || null;
  }
  function rejectMissing(name: string, what: string): void {
    // A field that is there and was refused has its problem already.
    if (take(name) !== null) return;
    sink.reject('MISSING_FIELD', line(name), `${name} is missing: ${what}.`);
  }
  /** `- Given X: then Y` is a mapping to YAML and a sentence to its author. */
  function itemText(node: Node, name: string): string | null {
    const pair = isMap(node) && node.items.length === 1 ? node.items[0] : undefined;
    if (pair === undefined || !isScalar(pair.key) || !isScalar(pair.value)) {
      return scalarText(node, `each item of ${name}`, textLimits.listItem);
    }
    const joined = `${String(pair.key.value)}: ${pair.value.source ?? ''}`.trim();
    return checkText(joined, `each item of ${name}`, lineOfNode(node), textLimits.listItem) ? joined : null;
  }
  function items(name: string): { text: string; line: number }[] {
    const node = take(name);
    if (node === null) return [];
    if (!isSeq(node)) {
      const single = scalarText(node, name, textLimits.listItem);
      return single ? [{ text: single, line: lineOfNode(node) }] : [];
    }
    if (node.items.length > textLimits.listItems) {
      const reason = `${name} has ${node.items.length} items; at most ${textLimits.listItems} are kept.`;
      sink.reject('TOO_LONG', lineOfNode(node), reason);
      return [];
    }
    return node.items.flatMap((item) => {
      const value = itemText(item as Node, name);
      return value ? [{ text: value, line: lineOfNode(item as Node) }] : [];
    });
  }

  return {
    line,
    peek(name) {
      const node = nodes.get(name);
      return isScalar(node) && typeof node.value === 'string' ? node.value : null;
    },
    peekIds(name) {
      const node = nodes.get(name) ?? null;
      const items = isSeq(node) ? node.items : [node];
      return items.flatMap((item) => {
        const id = isScalar(item) && typeof item.value === 'string' ? item.value.trim() : '';
        return isArtifactId(id) ? [id] : [];
      });
    },
    text,
    rejectMissing,
    id(name) {
      const node = take(name);
      if (node === null) return null;
      if (isScalar(node) && typeof node.value === 'string' && isArtifactId(node.value.trim())) return node.value.trim();
      if (isScalar(node) && typeof node.value === 'string') {
        const reason = `${name} ${quoted(node.value)} is not an id: letters, digits, dot, dash, at most 100 characters.`;
        sink.reject('INVALID_ID', lineOfNode(node), reason);
      } else {
        const reason = `${name} must be one id as text, such as REQ-001.`;
        sink.reject('WRONG_TYPE', lineOfNode(node), reason);
      }
      return null;
    },
    oneOf(name, values, options = {}) {
      const node = take(name);
      if (node === null) {
        if (options.fallback !== undefined) return options.fallback;
        rejectMissing(name, `it is one of ${values.join(', ')}`);
        return null;
      }
      const written = scalarText(node, name, textLimits.shortText);
      if (written === null) return null;
      const value = findValue(written, values, options.synonyms);
      if (value !== undefined) return value;
      const reason = `${name} ${quoted(written)} is not one of ${values.join(', ')}.`;
      sink.reject('UNKNOWN_VALUE', lineOfNode(node), reason);
      return null;
    },
    list: (name) => items(name).map((item) => item.text),
    paths(name) {
      return items(name).flatMap((item) => {
        const fault = checkRelativePath(item.text);
        if (fault === null) return [item.text];
        sink.reject('UNSAFE_PATH', item.line, `In ${name}, ${fault}.`);
        return [];
      });
    },
    textOrStructure(name, maxLength = textLimits.shortText) {
      const node = take(name);
      if (node === null || isScalar(node)) return text(name, maxLength);
      const [start = 0, end = 0] = node.range ?? [];
      const column = start - (frontMatter.source.lastIndexOf('\n', start - 1) + 1);
      const source = (' '.repeat(column) + frontMatter.source.slice(start, end)).trimEnd();
      const structure = source.replaceAll(new RegExp(`^ {0,${column}}`, 'gm'), '');
      return checkText(structure, name, lineOfNode(node), maxLength) ? structure : null;
    },
    rest() {
      const unread = [...nodes].filter(([name]) => !read.has(name));
      const attributes = Object.fromEntries(unread.map(([name, node]) => [name, toJson(node)]));
      for (const [name, value] of Object.entries(attributes)) {
        const fault = checkStorable({ [name]: value });
        if (fault !== null) sink.reject(fault.code, line(name), `${quoted(name)} ${fault.reason}.`);
      }
      return attributes;
    },
  };
}

/** Depth is bounded by the front matter's own check. */
function toJson(node: Node | null): JsonValue {
  if (isMap(node)) {
    const pairs = node.items.map(({ key, value }): [string, JsonValue] => [
      isScalar(key) ? String(key.value) : '',
      toJson(value as Node | null),
    ]);
    return Object.fromEntries(pairs);
  }
  if (isSeq(node)) return node.items.map((item) => toJson(item as Node | null));
  if (!isScalar(node)) return null;
  const { value } = node;
  if (typeof value === 'number') return Number.isFinite(value) ? value : (node.source ?? null);
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
