import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { clusterByMeaning, clusterSimilarity, type NearPair } from './infer-clusters.js';
import { corroborate, judge, statusOf, strengthOf } from './infer-confidence.js';
import type { EvidenceFact } from './evidence-fact.js';
import { groupByStructure } from './infer-groups.js';
import { slugOf } from './structure-names.js';

const fact = (id: string, type: EvidenceFact['type'], rawData: Record<string, unknown> = {}): EvidenceFact => ({
  id,
  type,
  content: `content of ${id}`,
  rawData,
});

describe('evidence is grouped by what it shares', () => {
  const groupsOf = (...facts: readonly EvidenceFact[]): Record<string, string[]> =>
    Object.fromEntries(
      groupByStructure(facts, 'acme/api').groups.map(({ key, members }) => [key, members.map(({ id }) => id)]),
    );

  test('endpoints and payloads by their tag, or else by the first word of their path that is no version', () => {
    expect(
      groupsOf(
        fact('a', 'endpoint', { tags: ['User Accounts'], path: '/x' }),
        fact('b', 'payload', { tags: ['userAccounts'] }),
        fact('c', 'endpoint', { tags: [], path: '/api/v2/{team}/files/{id}' }),
        fact('d', 'payload', { tags: [], used_by: ['POST /v1/files'] }),
      ),
    ).toEqual({ 'acme/api | api user account': ['a', 'b'], 'acme/api | api file': ['c', 'd'] });
  });

  test('and never by a name that is none, or that ends in half a character', () => {
    const { groups, rest } = groupByStructure(
      [
        fact('a', 'endpoint', { tags: ['-', '_'], path: '/%/files' }),
        fact('b', 'flow', { headings: ['***'] }),
        fact('c', 'endpoint', { tags: [`${'x'.repeat(199)}😀`] }),
      ],
      's',
    );
    expect(groups.map(({ key, name }) => [key, name])).toEqual([
      ['s | api file', 'Files'],
      [`s | api ${'x'.repeat(199)}`, `X${'x'.repeat(198)}`],
    ]);
    expect(rest.map(({ id }) => id)).toEqual(['b']);
  });

  test('issues by their epic, also through a parent, else by their component, else by themselves', () => {
    expect(
      groupsOf(
        fact('epic', 'requirement', { ticket_key: 'P-1', epic: 'P-1', epic_name: 'Dosing' }),
        fact('story', 'requirement', { ticket_key: 'P-2', epic: 'P-1' }),
        fact('task', 'requirement', { ticket_key: 'P-3', parent: 'P-2' }),
        fact('criterion', 'acceptance_criteria', { ticket_key: 'P-3', parent: 'P-2' }),
        fact('bug', 'bug', { ticket_key: 'P-4', components: ['History'] }),
        fact('alone', 'bug', { ticket_key: 'P-5' }),
      ),
    ).toEqual({
      'acme/api | ticket P-1': ['epic', 'story', 'task', 'criterion'],
      'acme/api | component history': ['bug'],
      'acme/api | ticket P-5': ['alone'],
    });
  });

  test('statements by the headings that say what they are about; what shares nothing is left over', () => {
    const { groups, rest } = groupByStructure(
      [
        fact('a', 'constraint', { headings: ['Pump', 'Limits', 'Rate'] }),
        fact('b', 'flow'),
        fact('c', 'constraint', { headings: ['Pump', 'Limits'] }),
      ],
      's',
    );
    expect(groups.map(({ name, shared, members }) => [name, shared, members.length])).toEqual([
      ['Pump', 'the heading Pump', 2],
    ]);
    expect(rest.map(({ id }) => id)).toEqual(['b']);
  });

  test('names in another spelling are one', () => {
    expect(['Comment Reactions', 'comment-reactions', 'commentReaction', 'COMMENT_REACTIONS'].map(slugOf)).toEqual(
      Array(4).fill('comment reaction'),
    );
  });
});

describe('evidence without structure is grouped by meaning', () => {
  const facts = ['a', 'b', 'c', 'd'].map((id) => fact(id, 'flow'));
  const idsOf = (pairs: readonly NearPair[]): string[][] =>
    clusterByMeaning(facts, pairs).map((members) => members.map(({ id }) => id));

  test('near ones together, the others each alone', () => {
    expect(idsOf([{ one: 'a', other: 'b', similarity: 0.9 }])).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  test('and a chain of neighbours is not one group', () => {
    const chain = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ].map(([one = '', other = '']) => ({ one, other, similarity: 0.6 }));
    expect(idsOf(chain).map(({ length }) => length)).toEqual([2, 2]);
  });

  test('each piece is in exactly one group, and groups are near on average', () => {
    const similarity = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(similarity, { minLength: 6, maxLength: 6 }), (values) => {
        const pairs = facts.flatMap(({ id: one }, i) => facts.slice(i + 1).map(({ id: other }) => ({ one, other })));
        const near = pairs.map((pair, at) => ({ ...pair, similarity: values[at] ?? 0 }));
        const groups = idsOf(near);
        expect(groups.flat().toSorted()).toEqual(['a', 'b', 'c', 'd']);
        for (const group of groups.filter(({ length }) => length === 2)) {
          const pair = near.find(({ one, other }) => group.includes(one) && group.includes(other));
          expect(pair?.similarity).toBeGreaterThanOrEqual(clusterSimilarity);
        }
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('confidence', () => {
  const group = (...members: readonly EvidenceFact[]) => ({ key: 'k', name: 'n', shared: 'the tag X', members });
  const many = (count: number, type: EvidenceFact['type']): EvidenceFact[] =>
    Array.from({ length: count }, (_, n) => fact(`${type}${n}`, type));

  test('is the sum of its reasons, from 0 to 1, and never less for more of the same', () => {
    const types = fc.array(fc.constantFrom<EvidenceFact['type'][]>('endpoint', 'payload', 'bug', 'flow'), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(types, fc.double({ min: -1, max: 1, noNaN: true }), (kinds, cohesion) => {
        const members = kinds.map((type, n) => fact(String(n), type));
        const { confidence, reasoning } = judge(group(...members), cohesion);
        const parts = [...reasoning.matchAll(/\(\+(\d\.\d\d)\)/g)].map(([, value]) => Number(value));
        expect(parts).toHaveLength(4);
        expect(Math.abs(parts.reduce((sum, value) => sum + value, 0) - confidence)).toBeLessThanOrEqual(0.021);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        expect(judge(group(...members, fact('more', kinds[0] ?? 'bug')), cohesion).confidence).toBeGreaterThanOrEqual(
          confidence,
        );
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('of one piece of evidence makes no feature, of a few of one kind a candidate, of several kinds a confirmed one', () => {
    expect(judge(group(...many(1, 'endpoint')), 1).confidence).toBeLessThan(0.5);
    expect(statusOf(judge(group(...many(3, 'endpoint')), 0.7).confidence)).toBe('candidate');
    expect(
      statusOf(judge(group(...many(3, 'endpoint'), ...many(2, 'payload'), ...many(1, 'bug')), 0.7).confidence),
    ).toBe('confirmed');
  });

  test('grows with another document and stays below certainty', () => {
    expect(corroborate(0.6, 0.8)).toBe(0.76);
    expect(corroborate(0.6, 0)).toBe(0.6);
    expect(corroborate(1, 1)).toBe(1);
  });

  test('and strength are numbers also where a vector has no direction', () => {
    expect([strengthOf(true, Number.NaN), strengthOf(false, -0.3), strengthOf(true, 1)]).toEqual([0.6, 0, 1]);
  });
});
