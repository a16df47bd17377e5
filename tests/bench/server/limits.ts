/** What the limits cost: once for each document, and for each request with its variables. */
import { buildSchema, parse, validate, type OperationDefinitionNode } from 'graphql';
import { compileCost, defaultLimits, measureDocument } from '../../../gateway/limits/index.js';

const schema = buildSchema(`
  type Query { items(first: Int = 20): Items }
  type Items { nodes: [Item] totalCount: Int }
  type Item { id: ID name: String price: Int parts(first: Int = 20): Items owner: Owner }
  type Owner { id: ID name: String items(first: Int = 20): Items }
`);
const source = `query ($first: Int) {
  items(first: $first) { totalCount nodes { ...Item parts(first: 10) { nodes { ...Item owner { ...Owner } } } } }
}
fragment Item on Item { id name price owner { ...Owner } }
fragment Owner on Owner { id name items(first: $first) { totalCount nodes { id name price } } }`;
const document = parse(source);
const operation = document.definitions[0] as OperationDefinitionNode;

function microseconds(rounds: number, run: () => void): number {
  for (let i = 0; i < rounds; i += 1) run();
  const start = process.cpuUsage();
  for (let i = 0; i < rounds; i += 1) run();
  const { user, system } = process.cpuUsage(start);
  return Math.round(((user + system) / rounds) * 100) / 100;
}

const cost = compileCost(schema, document, operation, defaultLimits);
const variables = { first: 50 };
console.log(`parse                   ${microseconds(2_000, () => parse(source))} µs per document`);
console.log(`validate                ${microseconds(2_000, () => validate(schema, document))} µs per document`);
console.log(
  `limits of the document  ${microseconds(2_000, () => measureDocument(document, defaultLimits))} µs per document`,
);
console.log(
  `cost, compiled          ${microseconds(2_000, () => compileCost(schema, document, operation, defaultLimits))} µs per document`,
);
console.log(
  `cost of the variables   ${microseconds(100_000, () => void cost(variables))} µs per request (cost ${cost(variables)})`,
);
