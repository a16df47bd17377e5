/** The specification's rules on `@defer`, which graphql-js 16 does not have. */
import { GraphQLError, Kind, visit, type ASTVisitor, type DirectiveNode, type ValidationContext } from 'graphql';

export const deferRules = [notInSubscriptions, notAroundMutations, withOwnLabels];

/** Each event is one answer. A variable may still be true: the fragment then comes with the rest. */
function notInSubscriptions(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      if (operation.operation !== 'subscription') return;
      const defers: DirectiveNode[] = [];
      for (const part of [operation, ...context.getRecursivelyReferencedFragments(operation)]) {
        visit(part.selectionSet, { Directive: (node) => void (node.name.value === 'defer' && defers.push(node)) });
      }
      for (const defer of defers) {
        const condition = argumentOf(defer, 'if');
        if (condition?.kind === Kind.VARIABLE || (condition?.kind === Kind.BOOLEAN && !condition.value)) continue;
        report(context, defer, 'A subscription cannot have @defer: each of its events is answered whole.');
      }
    },
  };
}

function notAroundMutations(context: ValidationContext): ASTVisitor {
  return {
    Directive(node) {
      if (node.name.value !== 'defer' || context.getParentType() == null) return;
      if (context.getParentType() !== context.getSchema().getMutationType()) return;
      report(context, node, 'The root fields of a mutation cannot be deferred: they run in their order.');
    },
  };
}

/** A client tells parts apart by their labels. */
function withOwnLabels(context: ValidationContext): ASTVisitor {
  const known = new Set<string>();
  return {
    Directive(node) {
      const label = node.name.value === 'defer' ? argumentOf(node, 'label') : undefined;
      if (label === undefined || label.kind === Kind.NULL) return;
      if (label.kind !== Kind.STRING)
        report(context, node, 'The label of a @defer must be written out, not a variable.');
      else if (known.has(label.value))
        report(context, node, `Two of @defer have the label ${JSON.stringify(label.value)}.`);
      else known.add(label.value);
    },
  };
}

function argumentOf(directive: DirectiveNode, name: string) {
  return directive.arguments?.find((argument) => argument.name.value === name)?.value;
}

function report(context: ValidationContext, node: DirectiveNode, message: string): void {
  context.reportError(new GraphQLError(message, { nodes: node }));
}
