/** Work that is swept up one by one: what fails keeps nothing else from its turn. */

/** Runs `run` for each, and answers the sum. Throws the first failure once all had their turn. */
export async function eachAlone<Id extends string>(
  ids: readonly Id[],
  run: (id: Id) => Promise<number>,
): Promise<number> {
  let total = 0;
  const failures: unknown[] = [];
  for (const id of ids) {
    try {
      total += await run(id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${ids.length} could not be moved`, { cause: failures[0] });
  return total;
}
