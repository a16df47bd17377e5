/** Markdown: what its author states, item by item and sentence by sentence, each with its reason and its place. */
import type { Extraction } from '../../domain/document-reading.js';
import { openScenarios, readScenarios } from '../gherkin/scenarios.js';
import type { Block } from './blocks.js';
import { readFrontMatter } from './front-matter.js';
import { readFrontMatterFacts, type FrontMatterItem } from './front-matter-facts.js';
import { htmlBlocks } from './html-blocks.js';
import { Ledger, toEvidenceOf } from './ledger.js';
import { markdownBlocks } from './markdown-blocks.js';
import { citesKeyWords } from './norms.js';
import { isWithdrawn, outline, titleOf } from './outline.js';
import { ProseReader } from './reader.js';

export async function extractMarkdown(text: string): Promise<Extraction> {
  const front = await readFrontMatter(text);
  const ledger = new Ledger();
  const own = readFrontMatterFacts(front, ledger);
  const blocks = await markdownBlocks(front.body, front.skippedLines);
  return readProse({
    blocks,
    ledger,
    own,
    format: own?.item == null ? 'Markdown' : 'artifact in Markdown',
    isCapital: citesKeyWords(text),
  });
}

export async function extractHtml(text: string): Promise<Extraction> {
  const blocks = htmlBlocks(text, { line: 1, column: 1 });
  return readProse({ blocks, ledger: new Ledger(), own: null, format: 'HTML', isCapital: citesKeyWords(text) });
}

export interface Prose {
  readonly blocks: readonly Block[];
  readonly ledger: Ledger;
  /** What its front matter, or its properties, say that it is. */
  readonly own: FrontMatterItem | null;
  readonly format: string;
  /** Whether only words in capitals are norms. */
  readonly isCapital: boolean;
}

export async function readProse({ blocks, ledger, own, format, isCapital }: Prose): Promise<Extraction> {
  const scenarios = await openScenarios();
  const reader = new ProseReader(ledger, {
    onlyCapitals: isCapital,
    readScenarios: (source, place, headings) => readScenarios(scenarios, { source, place, headings, ledger }),
  });
  const title = blocks.some((block) => block.kind === 'heading' && block.depth === 1) ? null : (own?.title ?? null);
  const outlined = outline(blocks, title, isCapital);
  const isOver = isWithdrawn(outlined, own?.status ?? null);
  const sections = outlined.map((section) =>
    isOver && section.kind === 'decision'
      ? { ...section, kind: 'silent' as const, kindName: 'a decision that holds no longer' }
      : section,
  );
  sections.forEach((section, at) => {
    const next = sections[at + 1];
    const hasParts = next !== undefined && next.depth > section.depth && next.isItem;
    reader.section(section, hasParts);
  });
  // A file that is an artifact as a whole is the item of what stands in it.
  const findings = ledger.findings.map((finding) => ({ ...finding, item: finding.item ?? own?.item ?? null }));
  const documentTitle = own?.title ?? titleOf(blocks);
  return {
    format,
    evidence: findings.map((finding) =>
      toEvidenceOf({
        ...finding,
        more: { ...finding.more, ...(documentTitle !== null && { document_title: documentTitle }) },
      }),
    ),
    passedOver: ledger.passedOver.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
}
