/** Owns what makes the demo large: Meridian's other products, one chapter each, of about 4,000 rows. */
import type { Chapter } from '../chapter.js';
import { Random } from './random.js';
import { repositoryOf, type Product } from './repository.js';
import { components, products } from './vocabulary.js';
import { accountOf, memoryOf, ordersOf } from './work.js';

/** Always the same for the same number, which counts from 0; there are as many as products times components. */
export function productOf(number: number): Product {
  const [slug, title] = products[number % products.length] ?? products[0];
  const [part, partName, purpose] = components[Math.floor(number / products.length)] ?? components[0];
  return { fullName: `meridian/${slug}-${part}`, name: `${title} ${partName}`, purpose, number };
}

export function productChapter(number: number): Chapter {
  const product = productOf(number);
  const random = new Random(product.fullName);
  const repository = repositoryOf(product, random);
  const days = repository.commits.map(({ on }) => on);
  return {
    repositories: [repository],
    accounts: [accountOf(product, random)],
    orders: ordersOf(product, days, random),
    memory: memoryOf(product, days, random),
  };
}
