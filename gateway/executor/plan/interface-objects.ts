/** Mends a plan's fetches of `@interfaceObject` fields that are for several types. */
import { Kind, visit, type DocumentNode } from 'graphql';
import { unwrapRewrite, type RequiredSelection, type Rewrite } from './plan-nodes.js';
import type { SatisfiesType } from './type-conditions.js';

/** The types that an operation names in type conditions. */
export function conditionTypesOf(document: DocumentNode): ReadonlySet<string> {
  const types = new Set<string>();
  visit(document, {
    InlineFragment({ typeCondition }) {
      if (typeCondition?.kind === Kind.NAMED_TYPE) types.add(typeCondition.name.value);
    },
  });
  return types;
}

/**
 * The planner merges the fetches that `... on Book { rating }` and `... on Movie { rating }` need of a subgraph to which
 * both are one interface object, but keeps the requirements of one type only, and the other type's fields stay null.
 * What is required of one type of such an interface is therefore required of every other that the operation names.
 */
export function widenInterfaceObject(
  requires: readonly RequiredSelection[],
  inputRewrites: readonly Rewrite[] | null | undefined,
  conditionTypes: ReadonlySet<string>,
  satisfies: SatisfiesType,
): readonly RequiredSelection[] {
  const interfaces = (inputRewrites ?? []).flatMap((rewrite) => {
    const setter = unwrapRewrite(rewrite);
    return 'setValueTo' in setter && typeof setter.setValueTo === 'string' ? [setter.setValueTo] : [];
  });
  const covered = new Set(requires.map((part) => (part.kind === 'InlineFragment' ? part.typeCondition : undefined)));
  const widened = requires.flatMap((part): RequiredSelection[] => {
    if (part.kind !== 'InlineFragment' || part.typeCondition == null) return [];
    const type = part.typeCondition;
    const parent = interfaces.find((name) => name !== type && satisfies(type, name));
    if (parent === undefined) return [];
    const others = [...conditionTypes].filter(
      (other) => !covered.has(other) && other !== parent && satisfies(other, parent),
    );
    for (const other of others) covered.add(other);
    return others.map((other) => ({ ...part, typeCondition: other }));
  });
  return widened.length === 0 ? requires : [...requires, ...widened];
}
