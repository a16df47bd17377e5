import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  edgesOf,
  kindOfId,
  linkKey,
  nodeKey,
  resolveLinks,
  resolveParent,
  type Edge,
  type Link,
  type LinkNode,
} from './index.js';
import { findCircles } from './circles.js';
import { indexNodes } from './links.js';

/** `a:US-1<REQ-1` is US-1 of repository a with parent REQ-1; what follows is the verdict on the signature of evidence
 * (`+` good, `!` bad, `?` unknown), and its result (`P`ASS unless it says `F`AIL, `O`pen or `U`NKNOWN). */
function node(text: string, more: Partial<LinkNode> = {}): LinkNode {
  const match = /^(\w+):([\w-]+?)(?:<([\w-]+?))?([+?!])?([FOU])?$/.exec(text);
  const [, repositoryId = '', gxpId = '', parentId = null, verdict, letter = 'P'] = match ?? [];
  const kind = kindOfId(gxpId) ?? 'SYSTEM_CONTEXT';
  const fingerprint = kind === 'SIGNED_EVIDENCE' ? null : `fp-${gxpId}`;
  const signatureVerified = verdict === '+' ? true : verdict === '!' ? false : null;
  const result = kind === 'SIGNED_EVIDENCE' ? results[letter as keyof typeof results] : null;
  return { repositoryId, gxpId, kind, parentId, fingerprint, signatureVerified, result, ...more };
}
const results = { P: 'PASS', F: 'FAIL', O: 'PENDING', U: 'UNKNOWN' } as const;
const statusesOf = (links: readonly Link[]) =>
  Object.fromEntries(links.map((link) => [`${link.sourceId}>${link.targetId}`, link.status]));
const statuses = (...texts: string[]) => statusesOf(resolveLinks(texts.map((text) => node(text))));

describe('where a parent is found', () => {
  const child = node('a:US-1<REQ-1');
  const resolve = (...texts: string[]) =>
    resolveParent(child, 'REQ-1', ['REQUIREMENT'], indexNodes(texts.map((text) => node(text))));

  test('in its own repository first, whoever else has the id', () => {
    expect(resolve('b:REQ-1', 'a:REQ-1', 'c:REQ-1')).toMatchObject({ outcome: 'FOUND', node: { repositoryId: 'a' } });
  });
  test('in the only other repository that has it', () => {
    expect(resolve('b:REQ-1', 'b:REQ-2')).toMatchObject({ outcome: 'FOUND', node: { repositoryId: 'b' } });
  });
  test('nowhere is an orphan', () => {
    expect(resolve('a:REQ-2')).toEqual({ outcome: 'ORPHANED' });
  });
  test('in several other repositories is ambiguous', () => {
    expect(resolve('b:REQ-1', 'c:REQ-1')).toEqual({ outcome: 'AMBIGUOUS' });
  });
});

describe('the status of a link', () => {
  test('is covered all the way down when the evidence is verified', () => {
    expect(statuses('a:REQ-1', 'a:US-1<REQ-1', 'a:SPEC-1<US-1', 'a:EV-1<SPEC-1+')).toEqual({
      'REQ-1>US-1': 'COVERED',
      'US-1>SPEC-1': 'COVERED',
      'SPEC-1>EV-1': 'COVERED',
    });
  });

  test.each([
    ['without evidence', []],
    ['when nobody can judge the evidence', ['a:EV-1<SPEC-1?']],
    ['when the evidence is refuted', ['a:EV-1<SPEC-1!']],
    ['when its evidence is well signed and says FAIL', ['a:EV-1<SPEC-1+F']],
    ['when its evidence is well signed and still open', ['a:EV-1<SPEC-1+O']],
    ['when its evidence is well signed and says nothing', ['a:EV-1<SPEC-1+U']],
    ['when one piece of evidence fails though another passes', ['a:EV-1<SPEC-1+F', 'a:EV-2<SPEC-1+']],
    ['when one piece fails and nobody can judge its signature', ['a:EV-1<SPEC-1?F', 'a:EV-2<SPEC-1+']],
    ['when one piece of evidence is refuted though another is verified', ['a:EV-1<SPEC-1!', 'a:EV-2<SPEC-1+']],
  ])('is uncovered %s', (_, evidence) => {
    const links = statuses('a:REQ-1', 'a:US-1<REQ-1', 'a:SPEC-1<US-1', ...evidence);
    expect(links).toMatchObject({ 'REQ-1>US-1': 'UNCOVERED', 'US-1>SPEC-1': 'UNCOVERED' });
  });

  test('one verified piece covers a specification beside one that nobody can judge', () => {
    const links = statuses('a:US-1', 'a:SPEC-1<US-1', 'a:EV-1<SPEC-1+', 'a:EV-2<SPEC-1?');
    expect(links).toMatchObject({ 'US-1>SPEC-1': 'COVERED', 'SPEC-1>EV-2': 'UNCOVERED' });
  });

  test('one piece that passes covers a specification beside one that is still open', () => {
    const links = statuses('a:US-1', 'a:SPEC-1<US-1', 'a:EV-1<SPEC-1+', 'a:EV-2<SPEC-1+O');
    expect(links).toMatchObject({ 'US-1>SPEC-1': 'COVERED', 'SPEC-1>EV-2': 'UNCOVERED' });
  });

  test('a story is covered only when each of its specifications is', () => {
    const links = statuses('a:REQ-1', 'a:US-1<REQ-1', 'a:SPEC-1<US-1', 'a:SPEC-2<US-1', 'a:EV-1<SPEC-1+');
    expect(links).toMatchObject({ 'REQ-1>US-1': 'UNCOVERED', 'US-1>SPEC-1': 'COVERED', 'US-1>SPEC-2': 'UNCOVERED' });
  });

  test('children in another repository count for coverage', () => {
    const links = statuses('a:REQ-1', 'b:US-1<REQ-1', 'b:SPEC-1<US-1', 'c:EV-1<SPEC-1+');
    expect(links).toMatchObject({ 'REQ-1>US-1': 'COVERED' });
  });

  test('a parent that is not above is no parent: the link is orphaned', () => {
    expect(statuses('a:SPEC-1', 'a:US-1<SPEC-1')).toEqual({ 'SPEC-1>US-1': 'ORPHANED' });
  });

  test('leads over levels that are skipped, and is covered as any other', () => {
    const nodes = ['a:REQ-1', 'a:SPEC-1<REQ-1', 'a:EV-1<SPEC-1+', 'a:REQ-2', 'a:EV-2<REQ-2+'].map((text) => node(text));
    expect(resolveLinks(nodes)).toMatchObject([
      { type: 'REQ_TO_SPEC', status: 'COVERED', sourceKind: 'REQUIREMENT', targetKind: 'SPECIFICATION' },
      { type: 'SPEC_TO_EVIDENCE', relation: 'VERIFIES', status: 'COVERED' },
      { type: 'REQ_TO_EVIDENCE', status: 'COVERED', sourceKind: 'REQUIREMENT' },
    ]);
  });

  test('is one for each of several parents', () => {
    const both = [
      { parentId: 'US-1', relation: 'IMPLEMENTS' },
      { parentId: 'US-2', relation: 'IMPLEMENTS' },
      { parentId: 'REQ-2', relation: 'SATISFIES' },
    ] as const;
    const nodes = [
      ...['a:REQ-1', 'a:US-1<REQ-1', 'a:REQ-2', 'a:US-2<REQ-1', 'a:EV-1<SPEC-1+'].map((text) => node(text)),
      node('a:SPEC-1<US-1', { edges: both }),
    ];
    expect(statusesOf(resolveLinks(nodes))).toEqual({
      ...{ 'REQ-1>US-1': 'COVERED', 'REQ-1>US-2': 'COVERED', 'SPEC-1>EV-1': 'COVERED' },
      ...{ 'US-1>SPEC-1': 'COVERED', 'US-2>SPEC-1': 'COVERED', 'REQ-2>SPEC-1': 'COVERED' },
    });
  });

  test('evidence for the whole does not stand for a part that has none, and is refuted for the whole', () => {
    const of = (...evidence: string[]) => {
      const texts = ['a:REQ-0', 'a:US-1<REQ-1', 'a:SPEC-1<US-1', 'a:EV-1<SPEC-1+', ...evidence];
      const part = node('a:REQ-1', { edges: [{ parentId: 'REQ-0', relation: 'SATISFIES' }] });
      return statusesOf(resolveLinks([...texts.map((text) => node(text)), part]))['REQ-0>REQ-1'];
    };
    expect(of()).toBe('COVERED');
    expect(of('a:EV-2<REQ-1?')).toBe('COVERED');
    expect(of('a:EV-2<REQ-1+F')).toBe('UNCOVERED');
    expect(of('a:US-2<REQ-1', 'a:EV-2<REQ-1+')).toBe('UNCOVERED');
  });

  test('to what an artifact depends on is suspect as others are, and counts for no coverage', () => {
    const depends = [
      { parentId: 'US-1', relation: 'IMPLEMENTS' },
      { parentId: 'SPEC-2', relation: 'DEPENDS_ON' },
    ] as const;
    const nodes = [
      ...['a:US-1', 'a:EV-1<SPEC-1+', 'a:SPEC-2'].map((text) => node(text)),
      node('a:SPEC-1<US-1', { edges: depends }),
    ];
    const seen = new Map([['a/SPEC-2/SPEC-1', 'an older text']]);
    expect(statusesOf(resolveLinks(nodes, seen))).toMatchObject({
      'US-1>SPEC-1': 'COVERED',
      'SPEC-2>SPEC-1': 'SUSPECT',
    });
  });

  test('tells whether any proof is reached, where not all is proven', () => {
    const nodes = ['a:REQ-1', 'a:US-1<REQ-1', 'a:SPEC-1<US-1', 'a:SPEC-2<US-1', 'a:EV-1<SPEC-1+'].map((text) =>
      node(text),
    );
    const reaching = resolveLinks(nodes).map(({ targetId, reachesProof }) => [targetId, reachesProof]);
    expect(Object.fromEntries(reaching)).toEqual({ 'US-1': true, 'SPEC-1': true, 'SPEC-2': false, 'EV-1': true });
  });

  test('a circle of two parents of one child is a cycle, and its third parent is none', () => {
    const nodes = [
      ...['a:REQ-1', 'a:US-1<SPEC-1'].map((text) => node(text)),
      node('a:SPEC-1', {
        edges: [
          { parentId: 'US-1', relation: 'IMPLEMENTS' },
          { parentId: 'REQ-1', relation: 'SATISFIES' },
        ],
      }),
    ];
    expect(statusesOf(resolveLinks(nodes))).toEqual({
      ...{ 'SPEC-1>US-1': 'CYCLE', 'US-1>SPEC-1': 'CYCLE', 'REQ-1>SPEC-1': 'UNCOVERED' },
    });
  });

  test('parents in a circle are a cycle for each member and an orphan for who hangs on to it at the wrong level', () => {
    expect(statuses('a:US-1<SPEC-1', 'a:SPEC-1<US-1', 'a:SPEC-2<SPEC-1')).toEqual({
      'SPEC-1>US-1': 'CYCLE',
      'US-1>SPEC-1': 'CYCLE',
      'SPEC-1>SPEC-2': 'ORPHANED',
    });
  });

  test('an artifact that names itself is a cycle', () => {
    expect(statuses('a:US-1<US-1')).toEqual({ 'US-1>US-1': 'CYCLE' });
  });

  test('an id declared twice makes every link at it a duplicate', () => {
    const nodes = [node('a:REQ-1'), node('a:US-1<REQ-1', { isDuplicate: true }), node('a:SPEC-1<US-1')];
    expect(statusesOf(resolveLinks(nodes))).toEqual({ 'REQ-1>US-1': 'DUPLICATE', 'US-1>SPEC-1': 'DUPLICATE' });
  });

  test('is suspect when the parent’s text is not the one last seen, and leaves the parent uncovered', () => {
    const nodes = ['a:REQ-1', 'a:US-1<REQ-1', 'a:SPEC-1<US-1', 'a:EV-1<SPEC-1+'].map((text) => node(text));
    const [first, second] = resolveLinks(nodes).slice(0, 2);
    const seen = new Map([[linkKey(second as Link), 'an older text']]);
    const links = resolveLinks(nodes, seen);
    expect(statusesOf(links)).toMatchObject({ 'REQ-1>US-1': 'UNCOVERED', 'US-1>SPEC-1': 'SUSPECT' });
    expect(links[1]).toMatchObject({ isValid: false, parentFingerprint: 'an older text' });
    expect(first).toMatchObject({ isValid: true, parentFingerprint: 'fp-REQ-1', sourceRepositoryId: 'a' });
  });

  test('remembers what was seen while the parent is away', () => {
    const seen = new Map([['a/REQ-1/US-1', 'fp-REQ-1']]);
    const away = resolveLinks([node('a:US-1<REQ-1')], seen);
    expect(away[0]).toMatchObject({ status: 'ORPHANED', parentFingerprint: 'fp-REQ-1', sourceRepositoryId: null });
    expect(resolveLinks([node('a:REQ-1'), node('a:US-1<REQ-1')], seen)[0]).toMatchObject({ status: 'UNCOVERED' });
  });
});

describe('any web of artifacts', () => {
  const ids = ['REQ-1', 'REQ-2', 'US-1', 'US-2', 'SPEC-1', 'SPEC-2', 'EV-1', 'EV-2'];
  const web = fc
    .uniqueArray(
      fc.record({
        repositoryId: fc.constantFrom('a', 'b', 'c'),
        gxpId: fc.constantFrom(...ids),
        parentId: fc.option(fc.constantFrom(...ids, 'REQ-9')),
        more: fc.array(
          fc.record({
            parentId: fc.constantFrom(...ids, 'REQ-9'),
            relation: fc.constantFrom('SATISFIES' as const, 'IMPLEMENTS' as const, 'DEPENDS_ON' as const),
          }),
          { maxLength: 2 },
        ),
        verdict: fc.constantFrom('+', '!', '?', '+F', '+O', '?F'),
        isDuplicate: fc.boolean(),
      }),
      { selector: ({ repositoryId, gxpId }) => nodeKey(repositoryId, gxpId), maxLength: 20 },
    )
    .map((rows) =>
      rows.map(({ repositoryId, gxpId, parentId, more, verdict, isDuplicate }) => {
        const plain = node(`${repositoryId}:${gxpId}${parentId === null ? '' : `<${parentId}`}${verdict}`, {
          isDuplicate: isDuplicate && verdict === '!',
        });
        const edges = [...edgesOf(plain), ...more];
        const isFirst = (edge: Edge, at: number) => edges.findIndex((each) => each.parentId === edge.parentId) === at;
        return more.length === 0 ? plain : { ...plain, edges: edges.filter(isFirst) };
      }),
    );
  const options = { seed: 5, numRuns: 1_000 };

  test('gives one link for each thing that an artifact names, whose status does not depend on the order of the files', () => {
    fc.assert(
      fc.property(web, (nodes) => {
        const links = resolveLinks(nodes);
        expect(links.map(linkKey)).toEqual(
          nodes.flatMap((each) =>
            edgesOf(each).map(({ parentId }) => `${each.repositoryId}/${parentId}/${each.gxpId}`),
          ),
        );
        const byKey = (each: readonly Link[]) => [...each].sort((a, b) => (linkKey(a) < linkKey(b) ? -1 : 1));
        expect(byKey(resolveLinks([...nodes].reverse()))).toEqual(byKey(links));
      }),
      options,
    );
  });

  test('is settled: seeing again what was seen changes nothing and suspects nothing', () => {
    fc.assert(
      fc.property(web, (nodes) => {
        const links = resolveLinks(nodes);
        const seen = new Map(links.map((link) => [linkKey(link), link.parentFingerprint]));
        expect(resolveLinks(nodes, seen)).toEqual(links);
      }),
      options,
    );
  });

  test('a covered link has verified evidence below it, reached over covered links alone', () => {
    fc.assert(
      fc.property(web, (nodes) => {
        const links = resolveLinks(nodes);
        const isProven = (link: Link): boolean => {
          if (link.targetKind === 'SIGNED_EVIDENCE') {
            const isTarget = (each: LinkNode) =>
              each.repositoryId === link.repositoryId && each.gxpId === link.targetId;
            const target = nodes.find(isTarget);
            return target?.signatureVerified === true && target.result === 'PASS';
          }
          const below = links.filter(
            (each) =>
              each.relation !== 'DEPENDS_ON' &&
              each.sourceRepositoryId === link.repositoryId &&
              each.sourceId === link.targetId,
          );
          return below.some((each) => each.status === 'COVERED' && isProven(each));
        };
        for (const link of links) if (link.status === 'COVERED') expect(isProven(link)).toBe(true);
      }),
      options,
    );
  });
});

describe('circles of parents', () => {
  test('are exactly the keys from which a walk leads back, and one circle is whatever leads to each other', () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'outside');
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, keys), { maxLength: 12 }), (pairs) => {
        const parentsOf = new Map<string, string[]>();
        for (const [child, parent] of pairs) parentsOf.set(child, [...(parentsOf.get(child) ?? []), parent]);
        const reached = (start: string): Set<string> => {
          const found = new Set<string>();
          const pending = [...(parentsOf.get(start) ?? [])];
          for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
            if (found.has(key)) continue;
            found.add(key);
            pending.push(...(parentsOf.get(key) ?? []));
          }
          return found;
        };
        const circles = findCircles(parentsOf);
        const all = [...parentsOf.keys()];
        expect([...circles.keys()].sort()).toEqual(all.filter((key) => reached(key).has(key)).sort());
        for (const one of circles.keys()) {
          for (const other of circles.keys()) {
            const isSame = one === other || (reached(one).has(other) && reached(other).has(one));
            expect(circles.get(one) === circles.get(other)).toBe(isSame);
          }
        }
      }),
      { seed: 6, numRuns: 2_000 },
    );
  });

  test('are found in one pass over ten thousand in a row', () => {
    const chain = Array.from({ length: 10_000 }, (_, at): [string, string[]] => [`${at}`, [`${(at + 1) % 10_000}`]]);
    expect(findCircles(new Map(chain)).size).toBe(10_000);
    expect(findCircles(new Map(chain.slice(1))).size).toBe(0);
  });
});
