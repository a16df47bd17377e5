/** How large and how deep JSON of callers may be, before anything walks it by recursion. */

export const deepestJson = 64;

/** Whether `value` is nested deeper than `levels`. It keeps its own stack: a caller's nesting must not exhaust the program's. */
export function isDeeper(value: unknown, levels: number = deepestJson): boolean {
  const waiting: [value: unknown, level: number][] = [[value, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [current, level] = next;
    if (typeof current !== 'object' || current === null) continue;
    if (level >= levels) return true;
    for (const each of Object.values(current)) waiting.push([each, level + 1]);
  }
  return false;
}

/** Why `value` can't be taken, in words that follow its name; null when it can. Characters are those of its JSON. */
export function boundsProblem(value: unknown, characters: number): string | null {
  if (isDeeper(value)) return `may be nested ${deepestJson} levels deep.`;
  return JSON.stringify(value ?? null).length > characters ? `may have ${characters} characters as JSON.` : null;
}
