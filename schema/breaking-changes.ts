/** What of the API has changed since the last release in a way that could break a caller. */
import { buildSchema, findBreakingChanges, parse, print, visit } from 'graphql';

/** A break on purpose: graphql-js's words for it, and why it had to be. */
export interface AcceptedBreak {
  readonly change: string;
  readonly reason: string;
}

/** In graphql-js's words, sorted. */
export function breakingChanges(releasedSdl: string, apiSdl: string): string[] {
  return findBreakingChanges(buildSchema(releasedSdl), buildSchema(apiSdl))
    .map(({ description }) => description)
    .sort();
}

/** Breaks that nobody has accepted, and acceptances that no break needs. */
export function unexplained(changes: readonly string[], accepted: readonly AcceptedBreak[]) {
  const known = new Set(accepted.map(({ change }) => change));
  return {
    unaccepted: changes.filter((change) => !known.has(change)),
    outdated: [...known].filter((change) => !changes.includes(change)),
  };
}

/** What is kept of a release: names and types, in two fifths of the text. */
export function withoutDescriptions(apiSdl: string): string {
  const bare = visit(parse(apiSdl, { noLocation: true }), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  });
  return `${print(bare)}\n`;
}
