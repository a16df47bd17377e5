/** Puts `@defer` at seeded random places of an operation. */
import { Kind, parse, print, visit, type DirectiveNode, type SelectionNode } from 'graphql';
import { seeded } from '../../testkit/seeded.js';

export interface RandomDefers {
  readonly source: string;
  readonly variables: Record<string, unknown>;
  /** Of `@defer` in it. */
  readonly count: number;
}

export function withRandomDefers(source: string, variables: Record<string, unknown>, seed: number): RandomDefers {
  const random = seeded(seed ^ 0x5eed);
  const document = parse(source);
  const ofMutation = document.definitions.some(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === 'mutation',
  );
  const added: Record<string, unknown> = {};
  let count = 0;

  function defer(): DirectiveNode {
    count += 1;
    const label = { kind: Kind.STRING, value: `d${count}` } as const;
    const directive: DirectiveNode = {
      kind: Kind.DIRECTIVE,
      name: { kind: Kind.NAME, value: 'defer' },
      arguments:
        random() < 0.7 ? [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'label' }, value: label }] : [],
    };
    if (random() < 0.8) return directive;
    const name = `defer${count}`;
    added[name] = random() < 0.5;
    const value = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } as const;
    const condition = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' }, value } as const;
    return { ...directive, arguments: [...(directive.arguments ?? []), condition] };
  }

  const deferred = visit(document, {
    SelectionSet: {
      leave(node, _key, parent) {
        // What is around the root fields of a mutation can't be put off.
        if (ofMutation && (parent as { kind?: string } | undefined)?.kind === Kind.OPERATION_DEFINITION)
          return undefined;
        const selections: SelectionNode[] = [];
        const apart: SelectionNode[] = [];
        for (const selection of node.selections) {
          if (selection.kind !== Kind.FIELD && random() < 0.3) {
            selections.push({ ...selection, directives: [...(selection.directives ?? []), defer()] });
          } else if (random() < 0.15) {
            apart.push(selection);
            // Sometimes also in the part before.
            if (random() < 0.2) selections.push(selection);
          } else selections.push(selection);
        }
        if (apart.length > 0) {
          const selectionSet = { kind: Kind.SELECTION_SET, selections: apart } as const;
          selections.push({ kind: Kind.INLINE_FRAGMENT, directives: [defer()], selectionSet });
        }
        return { ...node, selections };
      },
    },
  });
  const definitions = Object.keys(added).map((name) => `$${name}: Boolean!`);
  const text = print(deferred);
  const withVariables =
    definitions.length === 0
      ? text
      : text.replace(/^(query|mutation) Random(\((.*?)\))? \{/s, (_all, type: string, _list, list?: string) => {
          return `${type} Random(${[...(list === undefined ? [] : [list]), ...definitions].join(', ')}) {`;
        });
  return { source: withVariables, variables: { ...variables, ...added }, count };
}
