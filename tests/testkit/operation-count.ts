/** How long tests that hammer go on: as long as the suite can afford, unless someone asks for more. */

/** `WEFT_TEST_OPERATIONS`, or what the test does by itself. */
export function operationCount(byDefault: number): number {
  const asked = Number(process.env['WEFT_TEST_OPERATIONS'] ?? '');
  return Number.isInteger(asked) && asked > 0 ? asked : byDefault;
}
