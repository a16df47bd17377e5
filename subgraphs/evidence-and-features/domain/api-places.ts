/** Where the facts of an API belong: by their first tag that tells them apart, or by the first word of their path that does. */
import { isGenericName } from './generic-names.js';
import type { EvidenceFact, FactPlace } from './evidence-fact.js';
import { namesIn, slugOf, textOf, textsIn, titleOf } from './structure-names.js';

/** Of fewer operations a tag may well cover all. */
const fewOperations = 5;
/** A tag on more of them than this names the API and not a part of it. */
const coveringShare = 0.8;
/** What a field does, in GraphQL and in paths that name operations. */
const verbs = new Set(
  'get list create add update change edit delete remove set find search fetch read count all by id upsert make cancel send submit input payload connection edge result response request'.split(
    ' ',
  ),
);

export class ApiShape {
  /** Slugs of tags that cover everything. */
  readonly #covering: ReadonlySet<string>;
  /** Segments that every path begins with. */
  readonly #prefix: number;
  readonly #placeOfOperation = new Map<string, FactPlace | null>();

  constructor(facts: readonly EvidenceFact[]) {
    const endpoints = facts.filter(({ type }) => type === 'endpoint').map(({ rawData }) => rawData);
    const paths = endpoints.map(({ path }) => segmentsOf(textOf(path) ?? ''));
    this.#prefix = commonPrefix(paths);
    this.#covering = this.#coveringTags(endpoints);
    for (const rawData of endpoints) {
      const place = this.#place(rawData);
      this.#placeOfOperation.set(`${textOf(rawData['method']) ?? ''} ${textOf(rawData['path']) ?? ''}`, place);
    }
  }

  /** Of a payload, that of the operations that use it; one without any has no place. */
  placeOf({ type, rawData }: EvidenceFact): FactPlace | null {
    if (type === 'endpoint') return this.#place(rawData);
    const tag = this.#tagOf(rawData);
    if (tag !== null) return tag;
    const [user] = textsIn(rawData['used_by']);
    if (user === undefined) return null;
    return this.#placeOfOperation.get(user) ?? this.#pathPlace(user.split(' ').at(-1) ?? '');
  }

  #place(rawData: EvidenceFact['rawData']): FactPlace | null {
    const tag = this.#tagOf(rawData);
    if (tag !== null) return tag;
    const path = textOf(rawData['path']);
    if (path === null) return null;
    const answer = textOf(rawData['response_schema']);
    if (!path.includes('/') && answer !== null && rawData['operation_id'] !== undefined)
      return fieldPlace(path, answer);
    return this.#pathPlace(path);
  }

  #tagOf(rawData: EvidenceFact['rawData']): FactPlace | null {
    const tag = namesIn(rawData['tags']).find((each) => !this.#covering.has(slugOf(each)) && !isGenericName(each));
    return tag === undefined ? null : { key: `api ${slugOf(tag)}`, name: titleOf(tag), shared: `the tag ${tag}` };
  }

  #pathPlace(path: string): FactPlace | null {
    const segments = segmentsOf(path);
    const word = segments.slice(this.#prefix).find(isResource) ?? segments.find(isResource);
    return word === undefined ? null : { key: `api ${slugOf(word)}`, name: titleOf(word), shared: `the path /${word}` };
  }

  /** Tags that tell nothing apart, where paths do. */
  #coveringTags(endpoints: readonly EvidenceFact['rawData'][]): ReadonlySet<string> {
    if (endpoints.length < fewOperations) return new Set();
    const counts = new Map<string, number>();
    for (const { tags } of endpoints)
      for (const tag of new Set(namesIn(tags).map(slugOf))) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    const words = new Set(endpoints.map(({ path }) => this.#pathPlace(textOf(path) ?? '')?.key));
    if (words.size < 2) return new Set();
    return new Set([...counts].filter(([, count]) => count > coveringShare * endpoints.length).map(([tag]) => tag));
  }
}

/** A field of GraphQL is about what it answers, unless that is a number or a text. */
function fieldPlace(field: string, answer: string): FactPlace | null {
  const type = answer.replace(/[[\]!\s]/g, '').replace(/(?:Connection|Edge|Payload|Result|Response)$/, '');
  const words = wordsOf(/^(?:String|Int|Float|Boolean|ID|JSON|DateTime)?$/.test(type) ? field : type).filter(
    (word) => !verbs.has(word),
  );
  const named = words.length > 0 ? words : wordsOf(field);
  const key = slugOf(named.join(' '));
  return key === '' ? null : { key: `api ${key}`, name: titleOf(named.join('_')), shared: `the type ${type}` };
}

function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function segmentsOf(path: string): string[] {
  return path
    .replace(/\{\$[^}]*\}/g, '')
    .split(/[/]|(?<=[\p{L}\p{N}])\.(?=[\p{L}])/u)
    .filter((part) => part !== '');
}

function isResource(part: string): boolean {
  return slugOf(part) !== '' && !/^(?:\{.*|:.*|api|rest|v\d+(?:\.\d+)*)$/i.test(part);
}

/** Only where something that tells apart is left of every path. */
function commonPrefix(paths: readonly (readonly string[])[]): number {
  const [first] = paths;
  if (first === undefined || paths.length < 3) return 0;
  let length = 0;
  while (first[length] !== undefined && paths.every((path) => path[length] === first[length])) length += 1;
  const rest = paths.map((path) => path.slice(length).find(isResource));
  return rest.every((word) => word !== undefined) && new Set(rest).size > 1 ? length : 0;
}
