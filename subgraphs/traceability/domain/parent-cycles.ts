/**
 * The keys whose parents lead back to them. Each key has one parent at most, so a walk from any of them ends, meets an
 * earlier walk, or closes a circle; every key is walked once.
 */
export function findCycleMembers(parentOf: ReadonlyMap<string, string>): ReadonlySet<string> {
  const members = new Set<string>();
  const walkOf = new Map<string, number>();
  let walk = 0;
  for (const start of parentOf.keys()) {
    walk += 1;
    let key: string | undefined = start;
    while (key !== undefined && !walkOf.has(key)) {
      walkOf.set(key, walk);
      key = parentOf.get(key);
    }
    if (key === undefined || walkOf.get(key) !== walk) continue;
    for (let member: string = key; !members.has(member); member = parentOf.get(member) ?? key) members.add(member);
  }
  return members;
}
