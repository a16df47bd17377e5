/** The SDL that every mutation has alike: its one `input`, its payload with `userErrors`, and the key that makes a retry safe. */
import { Kind, print } from 'graphql';
import type { ModelInput } from '../read/index.js';
import { describe, inWords, lowerFirst, namedTypeOf, type WrittenContract } from './written.js';

export function mutationTypes(written: WrittenContract, model: ModelInput): string[] {
  const sdl = retryKeys(written);
  for (const field of written.fields('Mutation')) {
    const name = field.name.value;
    const pascal = name.charAt(0).toUpperCase() + name.slice(1);
    const payload = namedTypeOf(field.type);
    if (written.has(`${pascal}Input`)) {
      sdl.push(`type Mutation { ${name}("What to do." input: ${pascal}Input!): ${print(field.type)} }`);
    }
    if (!payload.endsWith('Payload')) continue;
    sdl.push(
      `${describe(`What \`${name}\` did.`)}
      type ${payload} {
        ${written.has(payload) ? '' : changedEntity(pascal, model)}
        "Why nothing was changed. Empty when it was done."
        userErrors: [UserError!]!
      }`,
    );
  }
  return sdl;
}

/** Object first, verb last: `workOrderCancel` answers the `WorkOrder`. A payload that has more, or another name for it, is written. */
function changedEntity(mutation: string, model: ModelInput): string {
  const [type] = model.entities
    .map((entity) => entity.type)
    .filter((name) => mutation.startsWith(name) && /^[A-Z]/.test(mutation.slice(name.length)))
    .sort((one, other) => other.length - one.length);
  if (type === undefined) return '';
  return `"The ${inWords(lowerFirst(type))}, as it is now. Null when there were user errors." ${lowerFirst(type)}: ${type}`;
}

function retryKeys(written: WrittenContract): string[] {
  const sdl: string[] = [];
  for (const type of written.types) {
    if (type.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) continue;
    const key = type.fields?.find((field) => field.name.value === 'clientKey');
    if (key === undefined) continue;
    const description =
      'Makes a retry safe: the same key with the same input gives the first result again, with another input ' +
      'IDEMPOTENCY_MISMATCH. 1 to 200 characters of the caller’s choice.';
    sdl.push(`input ${type.name.value} { ${describe(description)} clientKey: ${print(key.type)} }`);
  }
  return sdl;
}
