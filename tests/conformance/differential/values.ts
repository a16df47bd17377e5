/** The data of the differential graph: every value follows from the names of its type, entity, field and arguments. */
import { faultOf, hash, isMissing, variantCodes } from './faults.js';

export interface Parent {
  readonly id: string;
  readonly [field: string]: unknown;
}
export type FieldArguments = Record<string, unknown>;
/** Where a request falls in the progressive overrides. Subgraphs aren't told: their answer says which of them was asked. */
export interface ValueContext {
  readonly overridePercentage?: number;
  readonly overrideLabels?: readonly string[];
}
export type FieldValue = (parent: Parent, args: FieldArguments, context: ValueContext) => unknown;

export class InjectedError extends Error {}

const typesWithMediaFaults = new Set(['Book', 'Movie']);
const mediaFields = new Set(['rating', 'blurb', 'critic']);

/** Interface and object types share their faults where `@interfaceObject` gives them their fields. */
function faultType(type: string, field: string): string {
  return typesWithMediaFaults.has(type) && mediaFields.has(field) ? 'Media' : type;
}

export function guarded(type: string, field: string, value: FieldValue): FieldValue {
  return (parent, args, context) => {
    const id = parent?.id ?? (args['id'] as string | undefined) ?? 'root';
    const fault = faultOf(faultType(type, field), id, field);
    if (fault === 'error') throw new InjectedError(`${type}.${field} of ${id}`);
    return fault === 'null' ? null : value(parent, args, context);
  };
}

/** A field's value as another field sees it that requires it: what failed is null. */
function required(type: string, field: string, parent: Parent): unknown {
  try {
    return guarded(type, field, fieldValue(type, field))(parent, {}, {}) ?? null;
  } catch {
    return null;
  }
}

const number = (text: string, below: number) => hash(text) % below;
const product = (id: string) => ({ __typename: 'Product', id, sku: `sku-${id}` });
const person = (id: string) => ({ __typename: 'Person', id });
const review = (id: string) => ({ __typename: 'Review', id });
export const media = (id: string) => ({ __typename: hash(`media ${id}`) < 5_000 ? 'Book' : 'Movie', id });
const knownPerson = (id: string): string => (isMissing('people', 'Person', id) ? knownPerson(`${id}x`) : id);
const ids = (prefix: string, seed: string, count: unknown) =>
  Array.from(
    { length: Math.min(6, Math.max(0, (count as number | null) ?? 0)) },
    (_, i) => `${prefix}${hash(`${seed} ${i}`) % 30}`,
  );

/** `subgraph` is set for fields that answer what that subgraph alone can know; the merged schema works it out. */
export function fieldValue(type: string, field: string, subgraph?: string): FieldValue {
  const requiring = (name: string, parent: Parent) =>
    subgraph ? (parent[name] ?? null) : required(type, name, parent);
  switch (`${type}.${field}`) {
    case 'Query.products':
      return (_, { first }) => ids('p', 'products', first).map(product);
    case 'Query.product':
    case 'Mutation.productTouch':
      return (_, { id }) => product(id as string);
    case 'Query.productBySku':
      return (_, { sku }) => product((sku as string).slice(4));
    case 'Query.strict':
      return () => product('p1');
    case 'Query.media':
      return (_, { id }) => media(id as string);
    case 'Query.allMedia':
      return (_, { first }) => ids('m', 'all', first).map(media);
    case 'Query.topRated':
      return () =>
        ids('m', 'top', 6)
          .filter((id) => !isMissing('ratings', 'Media', id))
          .map(media);
    case 'Query.featured':
      return () => [
        product('p2'),
        subgraph ? { __typename: 'Hidden' } : null,
        media('m1').__typename === 'Book' ? media('m1') : product('p3'),
        product('p4'),
      ];
    case 'Query.latestReviews':
      return (_, { first }) => ids('r', 'latest', first).map(review);
    case 'Query.people':
      return () => ['u1', 'u2', 'u3'].map((id) => person(knownPerson(id)));
    case 'Query.me':
      return () => person(knownPerson('u4'));
    case 'Mutation.personGreet':
      return (_, { id }) => person(knownPerson(id as string));
    case 'Query.search':
      return (_, { term, first }) => ids('x', `search ${term as string}`, first).map((id) => found(id));
    case 'Query.tagged':
      return (_, { tags }) => ids('p', `tagged ${(tags as string[]).join()}`, 3).map(product);
    case 'Product.price':
      return ({ id }, { currency }) => ({ amount: number(`price ${id}`, 900), currency: currency ?? 'EUR' });
    case 'Product.weight':
      return ({ id }) => number(`weight ${id}`, 400) / 4;
    case 'Product.tags':
      return ({ id }, { limit, match }) => {
        const { prefix = '', min = 0 } = (match ?? {}) as { prefix?: string | null; min?: number | null };
        const tags = ['red', 'blue', 'round', 'big'].filter((tag) => number(tag + id, 9) >= (min ?? 0));
        return tags.filter((tag) => tag.startsWith(prefix ?? '')).slice(0, Math.max(0, (limit as number | null) ?? 9));
      };
    case 'Product.kind':
      // The inaccessible value is null to callers, whose schema has no other word for it.
      return ({ id }) => ['PLAIN', 'FANCY', subgraph ? 'SECRET' : null][number(`kind ${id}`, 3)];
    case 'Product.meta':
      return ({ id }) => Object.freeze({ id, nested: Object.freeze([1, Object.freeze({ key: id })]), '': null });
    case 'Product.size':
      return ({ id }) => ({ height: number(`height ${id}`, 50), width: number(`width ${id}`, 3) || null });
    case 'Product.media':
      return ({ id }) => media(`m${number(`media of ${id}`, 30)}`);
    case 'Product.category':
    case 'Company.category':
      return ({ id }) => ({ __typename: 'Category', id: `c${number(`category ${id}`, 4)}` });
    case 'Product.variants':
      return ({ id }) => variantCodes(id).map((code) => ({ id: `${id}-${code}`, product: product(id), code }));
    case 'Product.related':
      return ({ id }, { first }) =>
        ids('p', `related ${id}`, first).map((other, i) => (i === 1 ? null : product(other)));
    case 'Product.shippingCost':
      return (parent, { zone }) => {
        const weight = requiring('weight', parent) as number | null;
        const code = requiring('internalCode', parent) as string | null;
        return weight === null ? null : Math.round(weight) * (zone === 'FAR' ? 2 : 1) + (code?.length ?? 1_000);
      };
    case 'Product.stockLevel':
      return (parent) => {
        const weight = requiring('weight', parent) as number | null;
        return weight === null ? null : Math.floor(weight);
      };
    case 'Product.freight':
      return (parent) => {
        const size = requiring('size', parent) as { height: number; width: number | null } | null;
        return size === null ? null : size.height * (size.width ?? 7);
      };
    case 'Product.urgency':
      return (parent) => {
        if (!subgraph && isMissing('inventory', 'Product', parent.id)) return null;
        const level = requiring('stockLevel', parent) as number | null;
        return level === null ? null : 100 - level;
      };
    case 'Product.rollout':
      return (_, __, { overridePercentage = 0 }) => subgraph ?? (overridePercentage < 40 ? 'inventory' : 'legacy');
    case 'Product.beta':
      return (_, __, { overrideLabels = [] }) => subgraph ?? (overrideLabels.includes('beta') ? 'inventory' : 'legacy');
    case 'Product.inStock':
      return ({ id }) => number(`stock ${id}`, 2) === 1;
    case 'Product.warehouse':
      return ({ id }) => ({ id: `w${number(`warehouse ${id}`, 5)}` });
    case 'Product.reviews':
    case 'Person.reviews':
      return ({ id }, { first }) => ids('r', `reviews ${id}`, first).map(review);
    case 'Review.author':
      return ({ id }) => person(`u${number(`author ${id}`, 12)}`);
    case 'Review.product':
      return ({ id }) => product(`p${number(`product ${id}`, 30)}`);
    case 'Person.friend':
      return ({ id }) => person(knownPerson(`u${number(`friend ${id}`, 12)}`));
    case 'Person.employer':
      return ({ id }) => ({ id: `e${id}` });
    case 'Book.author':
    case 'Movie.director':
    case 'Warehouse.manager':
    case 'Book.critic':
    case 'Movie.critic':
    case 'Media.critic':
      return ({ id }) => person(`u${number(`person of ${id}`, 12)}`);
    case 'Person.nick':
      return ({ id }) => `nick-${id}`;
    case 'Product.sku':
      return (parent) => parent['sku'] ?? `sku-${parent.id}`;
    case 'Review.stars':
    case 'Book.pages':
    case 'Movie.minutes':
    case 'Book.rating':
    case 'Movie.rating':
    case 'Media.rating':
    case 'Variant.quantity':
    case 'Product.legacyId':
      return ({ id }) => number(`${field} ${id}`, 500);
    default:
      return ({ id }) => `${field} of ${id}`;
  }
}

/** What a search finds: of any of its types, never a book that is a movie. */
function found(id: string): Parent {
  const digits = id.slice(1);
  switch (hash(`found ${id}`) % 4) {
    case 0:
      return product(`p${digits}`);
    case 1:
      return person(`u${Number(digits) % 12}`);
    case 2:
      return media(`m${digits}`).__typename === 'Book' ? media(`m${digits}`) : review(`r${digits}`);
    default:
      return review(`r${digits}`);
  }
}
