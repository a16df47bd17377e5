import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf, parseArtifactFile, type NormativeArtifact } from './index.js';

const lines = {
  title: 'Record every change',
  rest: 'gxp_risk_rating: HIGH\nacceptance_criteria:\n  - A change is recorded\n  - A record cannot be changed',
  body: 'The system shall record\nevery change of a résumé.',
};
function fingerprint({ title, rest, body } = lines, ending = '\n'): string {
  const file = `---\ngxp_id: REQ-1\ntitle: ${title}\n${rest}\n---\n${body}\n`.replaceAll('\n', ending);
  return fingerprintOf(parseArtifactFile({ path: 'a.md', content: file }).artifact as NormativeArtifact);
}

describe('the fingerprint of a parent', () => {
  test('is the same in every version of this program', () => {
    expect(fingerprint()).toBe('4ac71ec454c6583c0821885c93f864bbf8b9d5f175a2a3e3ccea19720c80d26b');
  });

  test.each([
    ['line endings', () => fingerprint(lines, '\r\n')],
    [
      'where lines break',
      () => fingerprint({ ...lines, body: 'The system\n\nshall  record every\tchange of a résumé.  ' }),
    ],
    ['how accents are composed', () => fingerprint({ ...lines, body: lines.body.normalize('NFD') })],
    ['a risk rating', () => fingerprint({ ...lines, rest: lines.rest.replace('HIGH', 'LOW') })],
    ['a status', () => fingerprint({ ...lines, rest: `${lines.rest}\nvalidation_status: APPROVED` })],
  ])('does not change with %s', (_, changed) => {
    expect(changed()).toBe(fingerprint());
  });

  test.each([
    ['the title', () => fingerprint({ ...lines, title: 'Record each change' })],
    ['the body', () => fingerprint({ ...lines, body: 'The system should record every change of a résumé.' })],
    ['a criterion', () => fingerprint({ ...lines, rest: lines.rest.replace('cannot', 'can') })],
    [
      'the place of a sentence',
      () => fingerprint({ ...lines, rest: `${lines.rest}\ndescription: ${lines.title}`, title: 'x' }),
    ],
  ])('changes with %s', (_, changed) => {
    expect(changed()).not.toBe(fingerprint());
  });

  test('keeps fields apart: moving text from one to the next is a change', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{2,9}$/), fc.nat(7), (word, cut) => {
        const at = 1 + (cut % (word.length - 1));
        const split = (title: string, body: string) => fingerprint({ ...lines, title: `T${title}`, body: `B${body}` });
        expect(split(word.slice(0, at), word.slice(at))).not.toBe(split(word, ''));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
