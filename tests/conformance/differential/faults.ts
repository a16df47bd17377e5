/** What goes wrong in the differential graph: decided by name alone, so that every way of asking meets the same faults. */

export type Fault = 'error' | 'null' | 'none';

/** A stable number in 0 to 9,999 for a text (FNV-1a). */
export function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return ((state ^ (state >>> 15)) >>> 0) % 10_000;
}

/** Fields whose value reaches the gateway on several ways, which a fault of one field would tell apart. */
const soundFields = new Set(['id', 'sku', 'code', 'product', 'amount', 'currency', 'height', 'width', 'label']);

export function faultOf(type: string, id: string, field: string): Fault {
  if (soundFields.has(field)) return 'none';
  const chance = hash(`fault ${type}.${id}.${field}`);
  if (chance < 350) return 'error';
  return chance < 900 ? 'null' : 'none';
}

/** Entities that one subgraph doesn't know although others do. */
export function isMissing(subgraph: string, type: string, id: string): boolean {
  const places: Record<string, readonly string[]> = {
    inventory: ['Product'],
    people: ['Person'],
    ratings: ['Media'],
  };
  if (!places[subgraph]?.includes(type)) return false;
  // Variants lead to their product inside the inventory, where nobody asks whether it is known.
  if (subgraph === 'inventory' && variantCodes(id).length > 0) return false;
  return hash(`missing ${subgraph} ${type} ${id}`) < 1_500;
}

export function variantCodes(productId: string): readonly string[] {
  return hash(`variants ${productId}`) < 5_000 ? [] : ['s', 'm'];
}
