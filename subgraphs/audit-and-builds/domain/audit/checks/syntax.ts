/** A0: every source can be parsed. */
import { isFixture, isForeign } from '../places.js';
import type { Check } from '../check.js';
import type { Finding } from '../types.js';

export const syntaxCheck: Check = {
  code: 'A0',
  name: 'Syntax',
  run({ repository }) {
    const findings = repository.sources.flatMap(({ path, facts }): Finding[] => {
      if (facts.fault === null || isForeign(path)) return [];
      const { line, message } = facts.fault;
      // What tests read may be wrong on purpose.
      return [{ rule: 'syntax', severity: isFixture(path) ? 'NOTE' : 'ERROR', path, line, message }];
    });
    return { findings };
  },
};
