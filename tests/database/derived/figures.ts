/** Figures and groups of a list, each as it is asked for and as one would count it by hand. */
import { expect } from '@jest/globals';
import {
  enumValueOf,
  MapRegistry,
  momentsOf,
  numbersOf,
  type Dimension,
  type EntityMap,
} from '../../../subgraphs/kernel/read/index.js';
import { countedRelations } from './conditions.js';
import { keySelection, ownDimensions, relatedRows, type Item, type List } from './rows.js';

/** One part of a connection's selection. */
export interface Part {
  readonly text: (alias: string) => string;
  /** Throws where the answer is not what the items come to. */
  readonly check: (answer: any, items: readonly Item[]) => void;
}

type Measure = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max' | 'percentile';

/** What every figure and dimension of the list is for an item. */
export class ListFigures {
  readonly #list: List;
  readonly #counted: ReadonlyMap<string, (item: Item) => number>;

  constructor(list: List, rows: readonly Item[]) {
    this.#list = list;
    this.#counted = new Map(
      countedRelations(list.domain, list.map, rows).map(({ count, relation }) => [
        count,
        (item: Item) => relatedRows(item, relation)?.length ?? 0,
      ]),
    );
  }

  get #map(): EntityMap {
    return this.#list.map;
  }

  #isKnown({ name, source }: Pick<Dimension, 'name' | 'source'>): boolean {
    return source.kind !== 'many' || this.#counted.has(name);
  }

  value(item: Item, name: string): unknown {
    const counted = this.#counted.get(name);
    return counted === undefined ? plain(item[name]) : counted(item);
  }

  numbers(): string[] {
    return numbersOf(this.#map, MapRegistry.of(this.#map)).flatMap((each) => (this.#isKnown(each) ? each.name : []));
  }

  moments(): string[] {
    return momentsOf(this.#map).map(({ name }) => name);
  }

  dimensions(): Dimension[] {
    return ownDimensions(this.#map).filter((each) => this.#isKnown(each));
  }

  /** Each measure of each field that has it. */
  measures(): [Measure, string][] {
    const [numbers, moments] = [this.numbers(), this.moments()];
    const ofNumbers = (['sum', 'avg', 'percentile'] as const).flatMap((measure) =>
      numbers.map((name): [Measure, string] => [measure, name]),
    );
    const extremes = (['min', 'max'] as const).flatMap((measure) =>
      [...numbers, ...moments].map((name): [Measure, string] => [measure, name]),
    );
    const distinct = this.dimensions().map(({ name }): [Measure, string] => ['countDistinct', name]);
    return [['count', ''], ...ofNumbers, ...extremes, ...distinct];
  }

  aggregate([measure, name]: [Measure, string], fraction = 0.5): Part {
    const text =
      measure === 'count'
        ? 'count'
        : measure === 'countDistinct'
          ? `countDistinct(field: ${enumValueOf(name)})`
          : `${measure}${measure === 'percentile' ? `(fraction: ${fraction})` : ''} { v: ${name} }`;
    return {
      text: (alias) => `${alias}: aggregate { v: ${text} }`,
      check: (answer, items) => {
        const found = measure === 'count' || measure === 'countDistinct' ? answer.v : answer.v.v;
        expect([text, this.#moment(name) ? found : number(found)]).toEqual([
          text,
          this.#measured(measure, name, { items, fraction }),
        ]);
      },
    };
  }

  #moment(name: string): boolean {
    return this.moments().includes(name);
  }

  #measured(
    measure: Measure,
    name: string,
    { items, fraction }: { items: readonly Item[]; fraction: number },
  ): unknown {
    if (measure === 'count') return items.length;
    const values = items.map((item) => this.value(item, name)).filter((value) => value !== null);
    if (measure === 'countDistinct') return new Set(values).size;
    if (this.#moment(name)) {
      const sorted = (values as string[]).sort();
      return sorted.at(measure === 'min' ? 0 : -1) ?? null;
    }
    const numbers = values.map(Number).sort((one, other) => one - other);
    const total = sum(numbers);
    switch (measure) {
      case 'sum':
        return near(total);
      case 'avg':
        return near(total === null ? null : total / numbers.length);
      case 'percentile':
        return near(percentile(numbers, fraction));
      case 'min':
        return near(numbers[0] ?? null);
      default:
        return near(numbers.at(-1) ?? null);
    }
  }

  /** Groups by one dimension, moments by month, each with its count and one sum. */
  groups(dimension: Dimension, summed: string | undefined): Part {
    const { name, source } = dimension;
    const isMoment = source.kind === 'timestamp';
    const sums = summed === undefined ? '' : `sum { v: ${summed} }`;
    const field = `{ field: ${enumValueOf(name)}${isMoment ? ', bucket: MONTH' : ''} }`;
    const key = keySelection(this.#list.domain, dimension);
    const keyOf = (value: unknown): unknown => (isMoment && typeof value === 'string' ? monthOf(value) : value);
    return {
      text: (alias) =>
        `${alias}: groupBy(first: 1000, fields: [${field}]) { key { ${key} } aggregate { count ${sums} } }`,
      check: (answer: any[], items) => {
        const expected = new Map<unknown, Item[]>();
        for (const item of items) {
          const value = keyOf(this.value(item, name));
          expected.set(value, [...(expected.get(value) ?? []), item]);
        }
        const found = new Map<unknown, any>(answer.map((group) => [plain(group.key[name]), group.aggregate]));
        expect([name, [...found.keys()].sort()]).toEqual([name, [...expected.keys()].sort()]);
        for (const [value, members] of expected) {
          const { count, sum: total } = found.get(value);
          const wanted = summed === undefined ? null : this.#measured('sum', summed, { items: members, fraction: 0 });
          expect([name, value, count, number(total?.v ?? null)]).toEqual([name, value, members.length, wanted]);
        }
      },
    };
  }
}

/** A value to be told apart by: of an entity, its key. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  const { __typename: _, ...rest } = value as Item;
  return JSON.stringify('id' in rest ? { id: rest['id'] } : rest);
}

function number(value: unknown): unknown {
  return value === null ? null : Number(value);
}

function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}

/** Linear between neighbours, as `percentile_cont`; of values in order. */
function percentile(sorted: readonly number[], fraction: number): number | null {
  if (sorted.length === 0) return null;
  const place = fraction * (sorted.length - 1);
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

function near(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 6 - Math.ceil(Math.log10(Math.abs(value) + 1)));
}

function monthOf(moment: string): string {
  const [year = '', month = ''] = moment.split('-');
  return `${year}-${month}-01T00:00:00.000000Z`;
}
