/**
 * The keys that lead back to themselves → the circle that they are in, which is the same for all that lead to each other.
 * Strongly connected components after Tarjan, with a stack of its own: chains may be as long as a repository is large.
 */
export function findCircles(parentsOf: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const circles = new Map<string, number>();
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const enter = (key: string): { key: string; next: number } => {
    index.set(key, index.size);
    low.set(key, index.size - 1);
    open.push(key);
    isOpen.add(key);
    return { key, next: 0 };
  };
  const lower = (key: string, to: number): void => void low.set(key, Math.min(low.get(key) ?? to, to));
  let count = 0;
  const close = (key: string): void => {
    const members = open.splice(open.lastIndexOf(key));
    for (const member of members) isOpen.delete(member);
    if (members.length === 1 && !(parentsOf.get(key) ?? []).includes(key)) return;
    count += 1;
    for (const member of members) circles.set(member, count);
  };
  for (const start of parentsOf.keys()) {
    if (index.has(start)) continue;
    const walk = [enter(start)];
    for (let step = walk.at(-1); step !== undefined; step = walk.at(-1)) {
      const parent = parentsOf.get(step.key)?.[step.next];
      if (parent !== undefined) {
        step.next += 1;
        if (!index.has(parent)) walk.push(enter(parent));
        else if (isOpen.has(parent)) lower(step.key, index.get(parent) ?? 0);
        continue;
      }
      walk.pop();
      const back = walk.at(-1);
      if (back !== undefined) lower(back.key, low.get(step.key) ?? 0);
      if (low.get(step.key) === index.get(step.key)) close(step.key);
    }
  }
  return circles;
}
