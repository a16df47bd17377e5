/** The report in words. */

/** @param {import('./bundle.js').Report} report @returns {string[]} */
export function render({ entries, size, isWhole, gaps, faults, signers, checked }) {
  const lines = faults.map(({ code, message }) => `FAULT   ${code}: ${message}`);
  lines.push(
    `${faults.length === 0 ? 'ok     ' : 'checked'} ${entries} ${isWhole ? `of ${size} entries` : `entries of a trail of ${size}`}`,
  );
  for (const { size: of, how } of checked) lines.push(`ok      head of ${of} entries: ${how}`);
  if (checked.length === 0)
    lines.push(
      'warning nothing from outside was held against it: give a checkpoint that was kept elsewhere. Who rewrites everything goes unnoticed without one',
    );
  if (signers.length === 0) lines.push('warning no signature was checked: give the verifier key of the log');
  if (gaps > 0)
    lines.push(
      `note    ${gaps} positions between the entries are not in the trail: rolled back, or taken out before they were sealed`,
    );
  return lines;
}
