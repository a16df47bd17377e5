/** Reads prose section by section: paragraphs sentence by sentence, lists item by item, tables row by row. */
import type { Place } from '../../domain/document-reading.js';
import { plainText, sliceText, type Block, type ListItem, type RichText, type TableRow } from './blocks.js';
import {
  clean,
  joinLines,
  labelIsKnown,
  linesOf,
  oneLine,
  plainTextOf,
  sayParts,
  sayRow,
  startsAnew,
  withoutColons,
} from './wording.js';
import { classify, emptyReason, type Situation } from './classify.js';
import { labelOf, type Label } from './labels.js';
import type { Ledger } from './ledger.js';
import { findNorm, isScenario, isStory } from './norms.js';
import { placeOfSection, type Section } from './outline.js';
import { kindOf, kindOfId, namedItem, type NamedItem, type SectionKind } from './sections.js';
import { splitSentences } from './sentences.js';
import { splitItems, type SpecificationItem } from './specification-items.js';
import { isProse, shapeOf, type TableShape } from './tables.js';

export interface ReaderOptions {
  readonly onlyCapitals: boolean;
  /** Reads scenarios that stand in a block of code. */
  readonly readScenarios: (text: string, place: Place, headings: readonly string[]) => void;
}

/** What holds at a place of a section. */
interface Scope {
  readonly kind: SectionKind | null;
  readonly kindName: string;
  readonly item: NamedItem | null;
  /** Texts of the items that a list's item stands in, outermost first. */
  readonly leads: readonly string[];
  readonly isMarked: boolean;
}

export class ProseReader {
  readonly #ledger: Ledger;
  readonly #options: ReaderOptions;
  #headings: readonly string[] = [];

  constructor(ledger: Ledger, options: ReaderOptions) {
    this.#ledger = ledger;
    this.#options = options;
  }

  section(section: Section, hasParts: boolean): void {
    this.#headings = section.headings;
    const { kind, kindName, item, isMarked } = section;
    const before = this.#ledger.findings.length;
    const passedBefore = this.#ledger.passedOver.length;
    const { before: above, items } = splitItems(section.blocks);
    const scope = { kind, kindName, item, leads: [], isMarked };
    this.blocks(above, scope);
    for (const each of items) this.#specificationItem(each, section);
    if (!section.isItem || items.length > 0) return;
    const kindOfItem = (scope.item === null ? null : kindOfId(scope.item.id)) ?? scope.kind;
    const own = this.#ledger.findings
      .slice(before)
      .filter(({ type }) => type !== 'acceptance_criteria' || kindOfItem === type);
    if (own.length === 0 && scope.item !== null)
      this.#wholeItem(section, { ...scope, item: scope.item }, passedBefore, hasParts);
  }

  #specificationItem({ id, place, description, rest }: SpecificationItem, { heading, kind, kindName }: Section): void {
    const item = { id, title: oneLine(heading?.text ?? '').replace(/[*_`]+/g, '') };
    const statement = [item.title, description].filter((text) => text !== '').join('. ');
    const empty = emptyReason(statement);
    if (kind === 'silent' || empty !== null) {
      this.#ledger.pass(`${id} ${statement}`, place, empty ?? `“${kindName}” holds nothing that the document asks for`);
    } else {
      const type = kindOfId(id) ?? (isProse(kind) ? kind : 'requirement');
      const level = findNorm(description)?.level ?? null;
      this.#ledger.add({ type, statement, headings: this.#headings, place, item, reason: `the item ${id}`, level });
    }
    this.blocks(rest, { kind: 'informative', kindName: id, item, leads: [], isMarked: true });
  }

  /** An item none of whose sentences asks for something is a statement as a whole: its author named it one. */
  #wholeItem(
    section: Section,
    scope: Scope & { readonly item: NamedItem },
    passedBefore: number,
    hasParts: boolean,
  ): void {
    const { item, kind } = scope;
    const passed = this.#ledger.passedOver.slice(passedBefore);
    const body = passed.filter(({ reason }) =>
      /^(?:asks for nothing|explains what else|introduces what follows)/.test(reason),
    );
    if (kind === 'silent' || (body.length === 0 && hasParts)) return;
    const statement = [item.title, ...body.map(({ text }) => text)]
      .filter((text) => text !== '')
      .join('. ')
      .replace(/([.:;!?])\. /g, '$1 ');
    const withdrawn = emptyReason(statement);
    const place = placeOfSection(section);
    if (withdrawn !== null || /[[(](?:deleted|withdrawn|obsolete|removed|deprecated)[\])]/i.test(statement)) {
      return this.#ledger.pass(`${item.id} ${statement}`, place, withdrawn ?? 'withdrawn by its author');
    }
    for (const each of body) this.#ledger.passedOver.splice(this.#ledger.passedOver.indexOf(each), 1);
    const type = kindOfId(item.id) ?? (isProse(kind) ? kind : 'requirement');
    this.#ledger.add({
      type,
      statement,
      headings: this.#headings,
      place,
      item,
      reason: `the item ${item.id}`,
      level: findNorm(statement)?.level ?? null,
    });
  }

  blocks(blocks: readonly Block[], scope: Scope): void {
    let current = scope;
    let isConsumed = false;
    for (const block of blocks) {
      if (block.kind === 'paragraph') {
        // Reasons and properties go on to the next label; criteria end with their list.
        if (isConsumed && isProse(current.kind)) current = scope;
        isConsumed = false;
        const announced = this.#paragraph(block.text, current);
        if (announced !== null) current = { ...scope, ...announced };
        else if (current.leads.length > scope.leads.length) current = { ...current, leads: scope.leads };
        continue;
      }
      this.#block(block, current);
      // A label announces the lists that follow it, and ends with the next paragraph.
      if (block.kind === 'list' || block.kind === 'table') isConsumed = true;
    }
  }

  #block(block: Block, scope: Scope): void {
    switch (block.kind) {
      case 'list':
        return this.#list(block.items, scope);
      case 'table':
        return this.#table(block.header, block.rows, scope);
      case 'quote':
        return this.blocks(block.blocks, { ...scope, isMarked: true, leads: [] });
      case 'code':
        if (
          /^(?:gherkin|feature|cucumber|behat)$/i.test(block.language) ||
          /^\s*(?:@\w+\s+)*(?:Feature|Scenario|Background)(?: Outline)?:/.test(block.text)
        ) {
          return this.#options.readScenarios(block.text, block.place, this.#headings);
        }
        return this.#ledger.pass(block.text, block.place, 'a block of code');
      case 'other':
        return this.#ledger.pass(block.what, block.place, block.reason);
      // Headings inside lists and quotes; those of the document are sections.
      case 'heading':
        return this.#ledger.pass(block.text.text, block.text.placeAt(0), 'a heading');
      default:
        return;
    }
  }

  /** What a paragraph announces for the blocks after it; null when it announces nothing. */
  #paragraph(rich: RichText, scope: Scope): Partial<Scope> | null {
    const { text } = rich;
    if (isStory(withoutColons(text)) || (text.includes('\n') && isScenario(text))) {
      this.#statement(rich, scope, 'sentence');
      return null;
    }
    if (/(?:^|\n)[ \t]*:[ \t]/.test(text)) {
      this.#ledger.pass(text, rich.placeAt(0), 'a definition');
      return null;
    }
    const whole = text.includes('\n') ? null : labelOf(text, rich.isStrong);
    if (whole !== null && whole.value === '') return this.#announce(whole, rich, scope);
    const lines = linesOf(rich);
    if (lines.length > 1 && lines.some((line) => startsAnew(line.text))) {
      let announced: Partial<Scope> | null = null;
      for (const line of joinLines(rich, lines)) {
        announced = this.#line(line, { ...scope, ...(announced ?? {}) }) ?? announced;
      }
      return announced;
    }
    return this.#line(rich, scope);
  }

  #line(rich: RichText, scope: Scope): Partial<Scope> | null {
    const label = labelOf(rich.text, rich.isStrong);
    if (label !== null && label.value === '') return this.#announce(label, rich, scope);
    if (label !== null) {
      const value = sliceText(rich, label.valueAt);
      const kind = label.kind ?? scope.kind;
      if (label.kind === 'silent' || label.kind === 'informative') {
        if (
          label.kind === 'silent' ||
          findNorm(value.text) === null ||
          !/^notes?|hint|hinweis|anmerkung|remarque/i.test(label.name)
        ) {
          this.#ledger.pass(
            rich.text,
            rich.placeAt(0),
            label.kind === 'silent' ? `“${label.name}” is a property` : `“${label.name}” explains`,
          );
          return null;
        }
        this.#sentences(value, { ...scope, kind: scope.kind });
        return null;
      }
      this.#statements(value, { ...scope, kind, kindName: label.kind === null ? scope.kindName : label.name }, 'item');
      return null;
    }
    this.#sentences(rich, scope);
    if (!/[:：]\s*$/.test(rich.text)) return null;
    const [last] = splitSentences(rich.text).slice(-1);
    return last !== undefined && findNorm(last.text, this.#options.onlyCapitals) !== null
      ? { leads: [last.text] }
      : null;
  }

  #announce(label: Label, rich: RichText, scope: Scope): Partial<Scope> | null {
    const kind = label.kind ?? (labelIsKnown(label) ? label.kind : undefined);
    if (kind === undefined) {
      const norm = findNorm(rich.text, this.#options.onlyCapitals);
      if (norm !== null && !/[:：]\s*$/.test(rich.text)) this.#sentences(rich, scope);
      return norm === null ? {} : { leads: [rich.text] };
    }
    return { kind: kind ?? scope.kind, kindName: label.kind === null ? scope.kindName : label.name };
  }

  #sentences(rich: RichText, scope: Scope): void {
    const item = namedItem(rich.text);
    const isNamed = item !== null && !/^(?:ADR|EPIC)/i.test(item.id);
    const from = isNamed ? rich.text.indexOf(item.title, Math.max(0, rich.text.indexOf(item.id) + item.id.length)) : 0;
    if (isNamed && item.title !== '') {
      return this.#statements(
        sliceText(rich, Math.max(0, from)),
        {
          ...scope,
          item,
          kind: scope.kind ?? kindOfId(item.id) ?? 'requirement',
          kindName: scope.kind === null ? item.id : scope.kindName,
        },
        'item',
      );
    }
    for (const { text, start } of splitSentences(rich.text)) {
      // "It must support:" is said with each item of the list that follows.
      if (/[:：]$/.test(text) && findNorm(text, this.#options.onlyCapitals) !== null) continue;
      this.#statement(plainText(text, rich.placeAt(start)), scope, 'sentence');
    }
  }

  /** An item's text is one statement, unless several of its sentences each ask for something. */
  #statements(rich: RichText, scope: Scope, from: Situation['from']): void {
    const sentences = splitSentences(rich.text);
    const normative = sentences.filter(({ text }) => findNorm(text, this.#options.onlyCapitals) !== null);
    const isOne = normative.length === 0 ? isProse(scope.kind) || scope.kind === 'silent' : sentences.length === 1;
    if (isOne || isStory(rich.text)) return this.#statement(rich, scope, from);
    for (const { text, start } of sentences) {
      this.#statement(
        plainText(text, rich.placeAt(start)),
        { ...scope, isMarked: normative.length > 0 },
        normative.length > 0 ? 'sentence' : from,
      );
    }
  }

  #statement(rich: RichText, scope: Scope, from: Situation['from'], more?: Readonly<Record<string, unknown>>): void {
    const leads = scope.leads.map((lead) => oneLine(lead).replace(/[\s:：]+$/, ''));
    // Code is looked at with its marks, as nothing in it is a word of the sentence.
    const marked = [...leads, oneLine(rich.text.replace(/^\s*\[[ xX]?\]\s+/, ''))].join(': ');
    const text = clean(marked);
    const place = rich.placeAt(rich.text.length - rich.text.replace(/^(?:\s*\[[ xX]?\])?\s+/, '').length);
    const empty = emptyReason(clean(rich.text));
    const decision =
      empty !== null ? { type: null, reason: empty } : classify(withoutColons(marked), this.#situation(scope, from));
    if (decision.type === null) return this.#ledger.pass(text, place, decision.reason);
    const { type, reason, level } = decision;
    this.#ledger.add({
      type,
      statement: text,
      headings: this.#headings,
      place,
      reason,
      level,
      item: scope.item,
      more: { ...(scope.kindName !== '' && isProse(scope.kind) && { section: scope.kindName }), ...more },
    });
  }

  #situation({ kind, kindName, item, isMarked }: Scope, from: Situation['from']): Situation {
    return { kind, kindName, itemId: item?.id ?? null, from, isMarked, onlyCapitals: this.#options.onlyCapitals };
  }

  #list(items: readonly ListItem[], scope: Scope): void {
    const firsts = items.map(({ blocks: [first] }) => (first?.kind === 'paragraph' ? first.text : null));
    const together = firsts.map((each) => withoutColons(each?.text ?? '').replace(/^and\s+/i, '')).join('\n');
    const [opening] = firsts;
    if (items.length <= 4 && opening != null && !isStory(opening.text) && isStory(together)) {
      return this.#statement(plainText(together, opening.placeAt(0)), scope, 'item');
    }
    items.forEach((item) => this.#listItem(item, scope));
  }

  #listItem({ blocks, place }: ListItem, scope: Scope): void {
    const [first, ...rest] = blocks;
    if (first?.kind !== 'paragraph') return this.blocks(blocks, scope);
    const nested = rest.filter((block) => block.kind === 'list' || block.kind === 'table');
    const text = first.text;
    const label = labelOf(text.text, nested.length > 0 && text.isStrong);
    // "Size:" with a list below it is a property of an item, and a constraint among constraints.
    const isLead = label?.kind === 'silent' && isProse(scope.kind) && kindOf(label.name) === null && label.value === '';
    if (label !== null && label.kind !== null && !isLead) {
      if (label.value !== '') this.#line(text, scope);
      return this.blocks(rest, { ...scope, kind: label.kind, kindName: label.name, leads: [] });
    }
    const named = namedItem(text.text);
    const item = named === null || /^(?:ADR|EPIC)/i.test(named.id) ? scope.item : named;
    const own =
      named === null || named.title === ''
        ? text
        : sliceText(text, Math.max(0, text.text.indexOf(named.title, text.text.indexOf(named.id) + named.id.length)));
    const kind = scope.kind ?? (item === named && item !== null ? (kindOfId(item.id) ?? 'requirement') : null);
    const inner: Scope = { ...scope, item, kind, kindName: kind === scope.kind ? scope.kindName : (item?.id ?? '') };
    const isWhole =
      nested.length === 0 ||
      (/[.!?]\s*$/.test(clean(own.text)) && findNorm(own.text, this.#options.onlyCapitals) !== null);
    const lines = linesOf(own);
    if (isWhole && lines.length > 1 && isScenario(own.text)) this.#statement(own, inner, 'item');
    else if (isWhole) this.#statements(plainTextOf(own, place), inner, 'item');
    const leads = nested.length === 0 || named?.title === '' ? scope.leads : [...scope.leads, own.text];
    for (const block of rest) {
      if (block.kind === 'paragraph') this.#paragraph(block.text, { ...inner, isMarked: true });
      else this.#block(block, { ...inner, leads });
    }
  }

  #table(header: readonly string[], rows: readonly TableRow[], scope: Scope): void {
    const shape = shapeOf(
      header,
      rows.map(({ cells: [first] }) => first?.text ?? ''),
    );
    for (const row of rows) {
      const said = sayRow(header, row);
      if (shape.silence !== null) this.#ledger.pass(said, row.place, shape.silence);
      else this.#row(header, row, shape, scope);
    }
  }

  #row(header: readonly string[], row: TableRow, shape: TableShape, scope: Scope): void {
    const cell = (at: number | null): string => (at === null ? '' : oneLine(row.cells[at]?.text ?? ''));
    const id = cell(shape.idAt);
    const item = id === '' ? scope.item : { id, title: '' };
    const cells = Object.fromEntries(
      header.flatMap((name, at) =>
        name !== '' && cell(at) !== '' && at !== shape.statementAt ? [[name, cell(at)]] : [],
      ),
    );
    const more = { cells };
    if (shape.parts !== null) {
      const text = sayParts(
        header,
        shape.parts.map((at) => [at, cell(at)] as const),
      );
      return this.#statement(
        plainText(text, row.place),
        { ...scope, item, kind: scope.kind ?? shape.kind, kindName: shape.kindName, leads: [] },
        'row',
        more,
      );
    }
    const statement = cell(shape.statementAt);
    const isNamed = id !== '' && namedItem(id) !== null;
    const announced = shape.kind ?? (isNamed && !isProse(scope.kind) && scope.kind !== 'silent' ? 'requirement' : null);
    if (shape.statementAt !== null && (announced !== null || isProse(scope.kind))) {
      if (statement === '') return this.#ledger.pass(sayRow(header, row), row.place, 'a row without a statement');
      const told = isProse(kindOf(cell(shape.typeAt))) ? kindOf(cell(shape.typeAt)) : null;
      const kind = scope.kind === 'silent' ? 'silent' : (told ?? announced ?? scope.kind);
      const kindName = shape.kind === null ? scope.kindName || id : shape.kindName;
      const joined = [
        statement,
        ...shape.withAt.filter((at) => cell(at) !== '').map((at) => `${header[at] ?? ''}: ${cell(at)}`),
      ].join('; ');
      const place = row.cells[shape.statementAt]?.placeAt(0) ?? row.place;
      return this.#statements(
        plainText(shape.withAt.length === 0 ? statement : joined, place),
        { ...scope, item, kind, kindName, leads: [] },
        'row',
      );
    }
    this.#statement(plainText(sayRow(header, row), row.place), { ...scope, item, leads: [] }, 'row', more);
  }
}
