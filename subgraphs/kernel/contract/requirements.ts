/** What a field asks of its caller, as its directives say it: read here for the guard, and put into words for the documentation. */
import {
  Kind,
  visit,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type FieldDefinitionNode,
} from 'graphql';

export interface Requirement {
  /** Any of these lists is enough; of each, all scopes are needed. Empty: it is enough to be signed in. */
  readonly scopes: readonly (readonly string[])[];
}

const publicTag = 'public';

/** `public` where `@tag(name: "public")` says so on purpose; null where nothing is said. */
export function requirementOf(field: FieldDefinitionNode): Requirement | 'public' | null {
  const directives = field.directives ?? [];
  const scoped = directives.find(({ name }) => name.value === 'requiresScopes');
  if (scoped !== undefined) return { scopes: scopesOf(scoped) };
  if (directives.some(({ name }) => name.value === 'authenticated')) return { scopes: [] };
  return directives.some(isPublicMark) ? 'public' : null;
}

function isPublicMark(directive: ConstDirectiveNode): boolean {
  const name = directive.arguments?.find((argument) => argument.name.value === 'name')?.value;
  return directive.name.value === 'tag' && name?.kind === Kind.STRING && name.value === publicTag;
}

function scopesOf(directive: ConstDirectiveNode): string[][] {
  const given = directive.arguments?.find((argument) => argument.name.value === 'scopes')?.value;
  return listOf(given).map((all) => listOf(all).flatMap((scope) => (scope.kind === Kind.STRING ? [scope.value] : [])));
}

function listOf(value: ConstValueNode | undefined): readonly ConstValueNode[] {
  if (value === undefined) return [];
  return value.kind === Kind.LIST ? value.values : [value];
}

/** Every field that asks for scopes says so in its description. */
export function withScopeSentences(document: DocumentNode): DocumentNode {
  return visit(document, {
    FieldDefinition(field) {
      const requirement = requirementOf(field);
      if (requirement === null || requirement === 'public' || requirement.scopes.length === 0) return undefined;
      const value = [field.description?.value, scopeSentence(requirement)]
        .filter((text) => text !== undefined)
        .join(' ');
      return { ...field, description: { kind: Kind.STRING, value, block: true } };
    },
  });
}

function scopeSentence({ scopes }: Requirement): string {
  const alternatives = scopes.map((all) => all.map((scope) => `\`${scope}\``).join(' and '));
  return `Requires the scope ${alternatives.join(', or ')}.`;
}
