/**
 * How well features are told from labelled documents, and how far their confidence can be trusted: pairs of facts that are rightly
 * put together, and a table of confidence against truth: `npm run bench -- feature-inference`.
 */
import { readProducts, type Product } from './capabilities.js';
import { inferProduct, type InferredFeature } from './infer-product.js';

interface Pairs {
  right: number;
  found: number;
  labelled: number;
}

function pairsOf(product: Product, features: readonly InferredFeature[]): Pairs {
  const facts = product.documents.flat();
  const featureOf = new Map(features.flatMap((feature) => feature.facts.map((fact) => [fact.id, feature] as const)));
  const pairs = { right: 0, found: 0, labelled: 0 };
  facts.forEach((one, at) => {
    for (const other of facts.slice(at + 1)) {
      const isLabelled = one.capability === other.capability;
      const feature = featureOf.get(one.id);
      const isFound = feature !== undefined && feature === featureOf.get(other.id);
      if (isLabelled) pairs.labelled += 1;
      if (isFound) pairs.found += 1;
      if (isFound && isLabelled) pairs.right += 1;
    }
  });
  return pairs;
}

/** A feature is right when nearly all that it rests on is of one capability. */
function isRight({ facts }: InferredFeature): boolean {
  const counts = new Map<string, number>();
  for (const { capability } of facts) counts.set(capability, (counts.get(capability) ?? 0) + 1);
  return Math.max(...counts.values()) >= 0.8 * facts.length;
}

const percent = (value: number): string => (Number.isNaN(value) ? '–' : `${(100 * value).toFixed(0)} %`).padStart(6);

for (const isHeldOut of [false, true]) {
  const products = readProducts().filter((product) => product.isHeldOut === isHeldOut);
  const inferred = products.map((product) => ({ product, features: inferProduct(product) }));
  const sum = inferred
    .map(({ product, features }) => pairsOf(product, features))
    .reduce((a, b) => ({ right: a.right + b.right, found: a.found + b.found, labelled: a.labelled + b.labelled }));
  const [precision, recall] = [sum.right / sum.found, sum.right / sum.labelled];
  const capabilities = products.reduce((count, product) => count + product.capabilities, 0);
  console.log(
    `\n${isHeldOut ? 'held out' : 'made with'}: ${capabilities} capabilities of ${products.length} products, four documents each`,
  );
  console.log(
    `pairs: precision ${percent(precision)}, recall ${percent(recall)}, F1 ${percent((2 * precision * recall) / (precision + recall))}`,
  );
  const features = inferred.flatMap(({ features: all }) => all);
  console.log('confidence   features   right');
  for (const [from, to] of [
    [0.5, 0.6],
    [0.6, 0.7],
    [0.7, 0.75],
    [0.75, 0.85],
    [0.85, 1.01],
  ] as const) {
    const within = features.filter(({ confidence }) => confidence >= from && confidence < to);
    console.log(
      `${from.toFixed(2)}–${Math.min(1, to).toFixed(2)}${String(within.length).padStart(12)}  ${percent(within.filter(isRight).length / within.length)}`,
    );
  }
  if (process.env['WEFT_BENCH_VERBOSE'] === undefined) continue;
  for (const { name, confidence, facts } of features)
    console.log(
      confidence,
      name,
      '|',
      [...new Set(facts.map(({ capability, id }) => `${capability}:${id.split(' ').at(-2) ?? ''}`))].join(' '),
    );
}
