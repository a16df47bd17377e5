/** What the value of a header may be, whoever sends it. */

/** No character beyond Latin-1, and none that would end the header or begin another. */
export function mayStandInHeader(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
