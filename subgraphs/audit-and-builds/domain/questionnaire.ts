/** Answers of a questionnaire: one value set or removed by its path, everything else left as it is. */
import { userError } from '../../kernel/errors/index.js';

export type Answers = Readonly<Record<string, unknown>>;

/** Null removes. Throws CONFLICT where the path leads through a value that is no object. */
export function mergeAnswer(answers: Answers, path: readonly string[], value: unknown): Answers {
  const [name, ...rest] = path;
  if (name === undefined) return answers;
  // Spread and computed names keep a member called __proto__ a plain member.
  const { [name]: before, ...others } = answers;
  if (rest.length === 0) return value === null ? others : { ...answers, [name]: value };
  if (before !== undefined && !isAnswers(before)) {
    throw userError('CONFLICT', 'path', `${JSON.stringify(name)} already holds a value that has no members.`);
  }
  if (before === undefined && value === null) return answers;
  return { ...answers, [name]: mergeAnswer(before ?? {}, rest, value) };
}

function isAnswers(value: unknown): value is Answers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
