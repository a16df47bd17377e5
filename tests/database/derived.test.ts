/**
 * What follows from the entity maps is what one would do by hand: random filters, orders and figures of every list, asked by
 * random callers, against the same computed from all rows. `npm run test:derived` asks every one there is.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import { asksEvery, Chance } from '../testkit/chance.js';
import type { TestDatabase } from '../testkit/index.js';
import { Callers } from './derived/callers.js';
import {
  both,
  countConditions,
  either,
  fieldConditions,
  negated,
  relationConditions,
  type Condition,
} from './derived/conditions.js';
import { ListFigures, type Part } from './derived/figures.js';
import { checkOrder, orderKeys } from './derived/orders.js';
import { allRows, visibleRows, type Ask, type Item, type List } from './derived/rows.js';
import { askWell, auditor, domains } from './every-domain.js';
import { openSeededDatabase } from './seeded-database.js';

let opened: TestDatabase;
let callers: Callers;
beforeAll(async () => {
  opened = await openSeededDatabase();
  callers = await Callers.of(opened);
});
afterAll(() => opened.close());

const lists = domains.flatMap((domain) =>
  Object.entries(domain.model.queries).flatMap(([root, { kind, type }]) => {
    const map = domain.maps.get(type);
    // Rows are told apart by their id; a checkpoint has none.
    return kind !== 'connection' || map?.fields['id'] === undefined ? [] : [[root, { root, domain, map }] as const];
  }),
);

const askAs =
  ({ domain }: List, caller: Identity): Ask =>
  (query) =>
    askWell(opened, domain.schema, query, caller);

/** The rows that a condition keeps, and what is asked of their list. */
interface Question {
  readonly condition: Condition | null;
  readonly part: Part;
}

const total: Part = {
  text: (alias) => `${alias}: totalCount`,
  check: (answer, items) => expect(answer).toBe(items.length),
};

/** Many at once, in documents of a size that is still planned. */
async function checkAll(ask: Ask, root: string, questions: readonly Question[], items: readonly Item[]): Promise<void> {
  for (let start = 0; start < questions.length; start += 40) {
    const some = questions.slice(start, start + 40);
    const selections = some.map(({ condition, part }, index) => {
      const filter = condition === null ? '' : `(filter: { ${condition.text} })`;
      return `l${index}: ${root}${filter} { ${part.text('a')} }`;
    });
    const found = await ask(`{ ${selections.join(' ')} }`);
    for (const [index, { condition, part }] of some.entries()) {
      const kept = condition === null ? items : items.filter(condition.keeps);
      try {
        part.check(found[`l${index}`].a, kept);
      } catch (error) {
        throw new Error(`${selections[index]}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

describe.each(lists)('%s', (root, list) => {
  let rows: readonly Item[];
  let conditions: readonly (readonly Condition[])[];
  let figures: ListFigures;
  beforeAll(async () => {
    rows = await allRows(list, askAs(list, auditor));
    conditions = [fieldConditions(list, rows), relationConditions(list, rows), countConditions(list, rows)].filter(
      (kind) => kind.length > 0,
    );
    figures = new ListFigures(list, rows);
  });

  test('random questions of random callers are answered as one would by hand', async () => {
    const chance = new Chance(root);
    const one = (): Condition => chance.of(chance.of(conditions) ?? []) as Condition;
    const random = (): Condition => {
      const condition = chance.holds(0.3) ? negated(one()) : one();
      if (chance.holds(0.6)) return condition;
      return chance.holds(0.5) ? both(condition, one()) : either(condition, one());
    };
    for (let asked = 0; asked < 3; asked += 1) {
      const caller = callers.random(chance);
      const items = visibleRows(list, rows, caller, callers);
      const parts = [
        ...Array.from({ length: 8 }, () => total),
        ...chance.some(figures.measures(), 4).map((measure) => figures.aggregate(measure, chance.below(101) / 100)),
        ...chance
          .some(figures.dimensions(), 2)
          .map((dimension) => figures.groups(dimension, chance.of(figures.numbers()))),
      ];
      const questions = parts.map((part) => ({ condition: chance.holds(0.9) ? random() : null, part }));
      const ask = askAs(list, caller);
      await checkAll(ask, root, questions, items);
      const keys = chance
        .some(orderKeys(list, rows), 1 + chance.below(3))
        .map((key) => [key, chance.of(['ASC', 'DESC'] as const) ?? 'ASC'] as const);
      const condition = random();
      await checkOrder(ask, { list, filter: condition.text, keys }, items.filter(condition.keeps));
    }
  });

  if (!asksEvery) return;

  test('every condition and its negation, every figure, every group and every order is as by hand', async () => {
    const caller = callers.random(new Chance(`${root} every`));
    for (const each of [auditor, caller]) {
      const items = visibleRows(list, rows, each, callers);
      const ask = askAs(list, each);
      const filters = conditions.flat().flatMap((condition) => [condition, negated(condition)]);
      await checkAll(
        ask,
        root,
        filters.map((condition) => ({ condition, part: total })),
        items,
      );
      const measures = figures.measures().map((measure) => figures.aggregate(measure, 0.95));
      const groups = figures.dimensions().map((dimension) => figures.groups(dimension, figures.numbers()[0]));
      await checkAll(
        ask,
        root,
        [...measures, ...groups].map((part) => ({ condition: null, part })),
        items,
      );
      const keys = orderKeys(list, rows);
      for (const [index, key] of keys.entries()) {
        const next = keys[(index + 1) % keys.length] ?? key;
        const directions = index % 2 === 0 ? (['ASC', 'DESC'] as const) : (['DESC', 'ASC'] as const);
        const ordered = [[key, directions[0]] as const, [next, directions[1]] as const].slice(0, next === key ? 1 : 2);
        await checkOrder(ask, { list, filter: '', keys: ordered }, items);
      }
    }
  }, 600_000);
});
