/** Vectors on their way in and out: checked for what PostgreSQL would refuse, and in the text that it reads. */
import pgvector from 'pgvector';
import { badInput } from '../errors/index.js';

/**
 * A caller's vector at length 1, which changes no cosine and keeps every value within what 16 bits hold. Throws
 * BAD_USER_INPUT when it has the wrong number of dimensions, a value that is not finite, or no direction.
 */
export function checkVector(values: ArrayLike<number>, dimensions: number, place = 'vector'): Float32Array {
  if (values.length !== dimensions) {
    throw badInput(`${place} has ${values.length} dimensions, expected ${dimensions}.`, {
      expectedDimensions: dimensions,
    });
  }
  let largest = 0;
  for (let index = 0; index < dimensions; index += 1) {
    const value = values[index];
    if (!Number.isFinite(value)) throw badInput(`${place}[${index}] is not a finite number.`);
    largest = Math.max(largest, Math.abs(value as number));
  }
  if (largest === 0) throw badInput(`${place} is all zeros: it has no direction to compare.`);
  // Divided by the largest first: the squares of numbers near the limits would be infinite, or nothing.
  const scaled = Float64Array.from(values, (value) => value / largest);
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(scaled, (value) => value / length);
}

/** As a parameter for `::vector`. */
export function toVectorText(vector: ArrayLike<number>): string {
  return pgvector.toSql(Array.from(vector)) as string;
}

/** What the database door answers for a vector column. */
export function fromVectorText(text: string): Float32Array {
  return Float32Array.from(pgvector.fromSql(text) as number[]);
}
