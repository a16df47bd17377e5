/** Says of an operation that costs too much what makes it expensive: which pages multiply, and what they multiply. */
import { RequestError } from '../../subgraphs/kernel/errors/index.js';

/** Takes the variables as sent; defaults of the operation are applied inside. `parts` is filled with what it is made of. */
export type OperationCost = (variables: Readonly<Record<string, unknown>>, parts?: CostPart[]) => number;

/** A field with what is inside it. */
export interface CostPart {
  /** Its response key: what the caller calls it. */
  readonly key: string;
  /** How many items are charged for it; null where it has no page and no list of its own. */
  readonly size: number | null;
  /** Its own part: its object, its conditions, its total. */
  readonly own: number;
  cost: number;
  readonly inside: CostPart[];
}

/** Throws LIMIT_EXCEEDED, with the fields that multiply. */
export function checkCost(cost: OperationCost, variables: Readonly<Record<string, unknown>>, maximum: number): void {
  const value = cost(variables);
  if (value <= maximum) return;
  const parts: CostPart[] = [];
  cost(variables, parts);
  const fields = dearestPath(parts);
  const names = fields.map(({ field, size }) => (size === null ? field : `${field} (${size})`)).join(' × ');
  throw new RequestError(
    'LIMIT_EXCEEDED',
    `The operation costs ${value}, and at most ${maximum} is allowed (WEFT_MAX_COST): an object costs 1, conditions and totals more. ` +
      `The most expensive part is ${names}. Ask for smaller pages (first, last), fewer pages inside pages, or fewer conditions.`,
    { extensions: { limit: 'cost', value, maximum, fields } },
  );
}

/** From the root down, the most expensive field at each step, as far as it multiplies something or is expensive by itself. */
function dearestPath(parts: readonly CostPart[]): { field: string; size: number | null }[] {
  const [mostExpensive] = [...parts].sort((one, other) => other.cost - one.cost);
  if (mostExpensive === undefined) return [];
  const { key, size, own, inside } = mostExpensive;
  const below = dearestPath(inside);
  return size === null && (below.length > 0 || own <= 1) ? below : [{ field: key, size }, ...below];
}
