/** Reads what composition wrote into a supergraph as directives. */
import {
  Kind,
  type ConstDirectiveNode,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLNamedType,
} from 'graphql';

/** Every directive called `name` on an element, its extensions included. */
export function directivesOf(
  element: GraphQLNamedType | GraphQLEnumValue | GraphQLField<unknown, unknown>,
  name: string,
): ConstDirectiveNode[] {
  const nodes = [element.astNode, ...('extensionASTNodes' in element ? element.extensionASTNodes : [])];
  return nodes.flatMap((node) => node?.directives?.filter((directive) => directive.name.value === name) ?? []);
}

export function stringArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

export function enumArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

export function booleanArgument(directive: ConstDirectiveNode, name: string): boolean | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}
