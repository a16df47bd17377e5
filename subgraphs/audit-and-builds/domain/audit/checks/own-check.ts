/** PROJECT: a check that the repository's own configuration describes. */
import type { OwnCheck } from '../configuration.js';
import { linesOf } from '../line-of.js';
import type { Check, CheckInput } from '../check.js';
import type { Finding } from '../types.js';

const mostPlaces = 20;

export function toCheck({ name, applies, severity, forbidden, required }: OwnCheck): Check {
  return {
    code: 'PROJECT',
    name,
    run: ({ files }: CheckInput) => ({
      findings: files
        .filter(({ path }) => applies(path))
        .flatMap(({ path, content }): Finding[] => {
          const found = forbidden.flatMap(({ pattern, reason }) => {
            return linesOf(content, pattern.find(content, mostPlaces)).map((line) => ({
              rule: 'forbidden-text',
              severity,
              path,
              line,
              message: reason === '' ? `has what it may not have: ${pattern.source}` : reason,
            }));
          });
          const missing = required.filter(({ pattern }) => pattern.find(content, 1).length === 0);
          return [
            ...found,
            ...missing.map(({ pattern, reason }) => ({
              rule: 'missing-text',
              severity,
              path,
              line: null,
              message: reason === '' ? `lacks what it must have: ${pattern.source}` : reason,
            })),
          ];
        }),
    }),
  };
}
