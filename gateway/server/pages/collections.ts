/** Collections of operations: questions that the explorer pages offer to ask. */
import { parse, TokenKind, type DefinitionNode, type OperationDefinitionNode, type Token } from 'graphql';

export interface OperationCollection {
  /** For people: `Audit and builds`. */
  readonly title: string;
  /** Operations, each with its question as the comment before it. */
  readonly document: string;
}

export interface CollectedOperation {
  readonly name: string;
  /** The comment before the operation; its name when there is none. */
  readonly question: string;
  readonly type: OperationDefinitionNode['operation'];
  /** The operation alone, its question included. */
  readonly source: string;
}

export function operationsOf({ document }: OperationCollection): readonly CollectedOperation[] {
  return parse(document)
    .definitions.filter(isOperation)
    .map((definition) => {
      const { startToken, start, end } = definition.loc as NonNullable<OperationDefinitionNode['loc']>;
      const comments = commentsBefore(startToken);
      const name = definition.name?.value ?? definition.operation;
      return {
        name,
        question: comments.map(({ value }) => value.trim()).join(' ') || name,
        type: definition.operation,
        source: document.slice(comments[0]?.start ?? start, end),
      };
    });
}

function isOperation(definition: DefinitionNode): definition is OperationDefinitionNode {
  return definition.kind === 'OperationDefinition';
}

function commentsBefore(token: Token): readonly Token[] {
  const comments: Token[] = [];
  for (let before = token.prev; before?.kind === TokenKind.COMMENT; before = before.prev) comments.unshift(before);
  return comments;
}
