/** Values of a description that anybody may have written: looked at before they are believed. */

export type Obj = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty object for anything else. */
export function toObject(value: unknown): Obj {
  return isObject(value) ? value : {};
}

export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Null for what is no text, or an empty one. */
export function toText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/\s+/g, ' ').trim();
  return text === '' ? null : text;
}

/** Its own members only: `__proto__` and `constructor` of a document are names like any other. */
export function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

const mostReferences = 20;

/** Follows `$ref` inside the document, and circles only so often; what leads outside or nowhere is an empty object. */
export function resolve(document: Obj, value: unknown): Obj {
  let found = value;
  for (let steps = 0; steps < mostReferences; steps += 1) {
    const reference = member(found, '$ref');
    if (typeof reference !== 'string') return toObject(found);
    found = reference.startsWith('#/') ? atPointer(document, reference.slice(2)) : undefined;
  }
  return {};
}

function atPointer(document: Obj, pointer: string): unknown {
  return pointer
    .split('/')
    .map((part) => decode(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, part) => member(value, part), document);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `#/components/schemas/User` → `User`; null for anything that is not a reference. */
export function referencedName(value: unknown): string | null {
  const reference = member(value, '$ref');
  return typeof reference === 'string' ? decode(reference.slice(reference.lastIndexOf('/') + 1)) : null;
}
