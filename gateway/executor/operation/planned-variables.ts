/** What a client's variables are called inside plans: never as one that the planner adds itself. */
import { visit, type DocumentNode } from 'graphql';

/** The planner's own are `$representations` and names that begin with an underscore. */
const taken = /^(?:representations|_|v_)/;
const prefix = 'v_';

/** `document` with other names for the variables that could be mistaken. */
export function withPlannedVariables(document: DocumentNode, names: ReadonlySet<string>): DocumentNode {
  if (![...names].some((name) => taken.test(name))) return document;
  return visit(document, {
    Variable: (node) => {
      const { value } = node.name;
      return taken.test(value) ? { ...node, name: { ...node.name, value: prefix + value } } : undefined;
    },
  });
}

/** The client's name of a plan's variable: every planned name with the prefix was made here. */
export function clientVariable(planned: string): string {
  return planned.startsWith(prefix) ? planned.slice(prefix.length) : planned;
}
