/** Reads every variable, and collects whatever is wrong with any of them. */
import { variables, type VariableName, type VariableValues } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** For tests and scripts alone; the program itself reads none of these. */
const testPrefix = 'WEFT_TEST_';

/** Malformed values are undefined in `values` and named in `problems`. */
export function readVariables(environment: Environment): { values: VariableValues; problems: string[] } {
  const problems = unknownNames(environment).map((name) => {
    const nearest = nearestName(name);
    return `${name} is not a setting${nearest === null ? '' : `; did you mean ${nearest}?`}`;
  });
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(variables)) {
    // Set to nothing is not set: that is how compose files and CI systems leave a variable out.
    const given = environment[name]?.trim() || variable.fallback;
    if (given === null) continue;
    const parsed = variable.schema.safeParse(given);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(
        `${name} must be ${variable.expected}${'isSecret' in variable ? '' : `, not ${JSON.stringify(given)}`}`,
      );
  }
  return { values: values as VariableValues, problems };
}

function unknownNames(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('WEFT_') && !name.startsWith(testPrefix) && !(name in variables))
    .sort();
}

/** The known name with the fewest letters to change, when those are few. */
function nearestName(name: string): VariableName | null {
  const [nearest] = (Object.keys(variables) as VariableName[])
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .sort((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= Math.max(3, name.length / 3) ? nearest.known : null;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
