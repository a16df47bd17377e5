/** The comments of a source file, found in one pass by what begins and ends comments and texts in its language. */

interface Language {
  readonly line: readonly string[];
  readonly block: readonly (readonly [open: string, close: string])[];
  /** What texts stand in; inside them nothing is a comment. */
  readonly quotes: readonly string[];
}

const slashes: Language = { line: ['//'], block: [['/*', '*/']], quotes: ['"', "'", '`'] };
const hashes: Language = { line: ['#'], block: [], quotes: ['"', "'"] };
const angles = ['<!--', '-->'] as const;

const languages: Readonly<Record<string, readonly [Language, extensions: string]>> = {
  slashes: [
    slashes,
    'ts tsx js jsx mts cts mjs cjs java kt kts c h cc cpp hpp cxx m mm cs go swift scala dart groovy gradle proto sol scss less css zig',
  ],
  // A lifetime of Rust ('a) is no text.
  rust: [{ ...slashes, quotes: ['"'] }, 'rs'],
  php: [{ ...slashes, line: ['//', '#'] }, 'php'],
  python: [
    {
      line: ['#'],
      block: [
        ['"""', '"""'],
        ["'''", "'''"],
      ],
      quotes: ['"', "'"],
    },
    'py pyi',
  ],
  hashes: [hashes, 'rb sh bash zsh yml yaml toml pl pm r jl ex exs tf nix cmake mk feature robot'],
  powershell: [{ ...hashes, block: [['<#', '#>']] }, 'ps1 psm1'],
  sql: [{ line: ['--'], block: [['/*', '*/']], quotes: ["'"] }, 'sql'],
  dashes: [
    {
      line: ['--'],
      block: [
        ['{-', '-}'],
        ['--[[', ']]'],
      ],
      quotes: ['"'],
    },
    'hs lua ada adb ads vhd vhdl elm',
  ],
  markup: [{ line: [], block: [angles], quotes: [] }, 'html htm xml xsl svg'],
  component: [{ line: ['//'], block: [['/*', '*/'], angles], quotes: [] }, 'vue svelte astro'],
  semicolons: [{ line: [';'], block: [], quotes: ['"'] }, 'clj cljs lisp el scm asm'],
  percent: [{ line: ['%'], block: [['%{', '%}']], quotes: [] }, 'tex erl hrl'],
  apostrophes: [{ line: ["'"], block: [], quotes: ['"'] }, 'vb bas vbs'],
  pascal: [
    {
      line: ['//'],
      block: [
        ['{', '}'],
        ['(*', '*)'],
      ],
      quotes: ["'"],
    },
    'pas dpr',
  ],
  ml: [{ line: [], block: [['(*', '*)']], quotes: ['"'] }, 'ml mli fs fsi'],
};

const languageOfExtension = new Map(
  Object.values(languages).flatMap(([language, extensions]) =>
    extensions.split(' ').map((extension) => [extension, language] as const),
  ),
);

/** Null for a file that is no source in a language known here. */
export function languageOfPath(path: string): Language | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^(?:Dockerfile|Makefile)$/.test(name)) return hashes;
  return languageOfExtension.get(/\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '') ?? null;
}

export interface Comment {
  /** Of its first character. */
  readonly line: number;
  /** Without what begins and ends it. */
  readonly text: string;
}

/** A quote that isn't closed on its line is none; a backtick may be closed on a later one. */
export function* commentsOf(text: string, { line: lineMarks, block, quotes }: Language): Generator<Comment> {
  let line = 1;
  let newline = text.indexOf('\n');
  const marks = [...block.map(([open]) => open), ...lineMarks, ...quotes].map((mark) =>
    mark.replace(/[^\w\s]/g, '\\$&'),
  );
  const next = new RegExp(marks.join('|'), 'g');
  // Up to there a quote is known not to be closed: a line of nothing but escaped quotes is walked once.
  const openUntil = new Map<string, number>();
  for (let match = next.exec(text); match !== null; match = next.exec(text)) {
    for (; newline !== -1 && newline < match.index; newline = text.indexOf('\n', newline + 1)) line += 1;
    const [mark] = match;
    const begin = match.index + mark.length;
    const lineEnd = newline === -1 ? text.length : newline;
    const close = block.find(([open]) => open === mark)?.[1];
    if (close !== undefined) {
      const end = text.indexOf(close, begin);
      yield { line, text: text.slice(begin, end === -1 ? text.length : end) };
      if (end === -1) return;
      next.lastIndex = end + close.length;
    } else if (lineMarks.includes(mark)) {
      yield { line, text: text.slice(begin, lineEnd) };
      next.lastIndex = lineEnd;
    } else if (begin >= (openUntil.get(mark) ?? 0)) {
      const limit = mark === '`' ? text.length : lineEnd;
      const end = endOfText(text, { begin, limit, quote: mark });
      if (end === null) openUntil.set(mark, limit);
      next.lastIndex = end ?? begin;
    }
  }
}

function endOfText(text: string, range: { begin: number; limit: number; quote: string }): number | null {
  for (let at = range.begin; at < range.limit; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === range.quote) return at + 1;
  }
  return null;
}
