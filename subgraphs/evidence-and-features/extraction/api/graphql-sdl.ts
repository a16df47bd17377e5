/** GraphQL schemas: an endpoint for each field of the roots, a payload for each type that is sent or answered. */
import type {
  Kind as Kinds,
  ConstDirectiveNode,
  DefinitionNode,
  DocumentNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
  TypeNode,
} from 'graphql';
import type { Extraction, Place } from '../../domain/document-reading.js';
import { cut, ExtractionError, type ExtractedEvidence } from '../../domain/extracted-evidence.js';

/** Lexical tokens of one schema: GitHub's has 150,000. */
const mostTokens = 1_000_000;

export async function extractGraphQl(text: string): Promise<Extraction> {
  const { GraphQLError, Kind, parse, print } = await import('graphql');
  let document: DocumentNode;
  try {
    document = parse(text.replace(/^\ufeff/, ''), { maxTokens: mostTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const line = error.locations?.[0]?.line;
    throw new ExtractionError(
      `The file is no GraphQL schema: ${cut(error.message, 200)}${line === undefined ? '' : ` (line ${line})`}`,
    );
  }
  const roots = rootsOf(document, Kind);
  const evidence: ExtractedEvidence[] = [];
  const passedOver: Extraction['passedOver'][number][] = [];
  for (const definition of document.definitions) {
    const name = 'name' in definition ? (definition.name?.value ?? '') : '';
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION: {
        const method = roots.get(name);
        if (method !== undefined)
          evidence.push(...(definition.fields ?? []).map((field) => toEndpoint(method, field, print)));
        else evidence.push(toPayload({ name, definition, fields: definition.fields ?? [], print }));
        break;
      }
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION:
        evidence.push(toPayload({ name, definition, fields: definition.fields ?? [], print }));
        break;
      case Kind.ENUM_TYPE_DEFINITION: {
        const values = (definition.values ?? []).map((value) => value.name.value);
        evidence.push(
          toNamed({ name, definition, said: `Values: ${values.slice(0, 50).join(', ')}.`, more: { values } }),
        );
        break;
      }
      case Kind.UNION_TYPE_DEFINITION: {
        const types = (definition.types ?? []).map((type) => type.name.value);
        evidence.push(toNamed({ name, definition, said: `One of ${types.join(', ')}.`, more: { one_of: types } }));
        break;
      }
      case Kind.OPERATION_DEFINITION:
      case Kind.FRAGMENT_DEFINITION:
        passedOver.push({
          text: name === '' ? 'an operation' : name,
          reason: 'an operation, and no part of a schema',
          ...placeOf(definition),
        });
        break;
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.DIRECTIVE_DEFINITION:
        passedOver.push({
          text: name,
          reason: 'a scalar or directive, which says nothing by itself',
          ...placeOf(definition),
        });
        break;
      default:
        break;
    }
  }
  return { format: 'GraphQL schema', evidence, passedOver };
}

function rootsOf(document: DocumentNode, kinds: typeof Kinds): ReadonlyMap<string, string> {
  const roots = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== kinds.SCHEMA_DEFINITION && definition.kind !== kinds.SCHEMA_EXTENSION) continue;
    for (const { operation, type } of definition.operationTypes ?? [])
      roots.set(type.name.value, operation.toUpperCase());
  }
  if (roots.size > 0) return roots;
  return new Map([
    ['Query', 'QUERY'],
    ['Mutation', 'MUTATION'],
    ['Subscription', 'SUBSCRIPTION'],
  ]);
}

type Print = (node: TypeNode) => string;

function toEndpoint(method: string, field: FieldDefinitionNode, print: Print): ExtractedEvidence {
  const name = field.name.value;
  const parameters = (field.arguments ?? []).map((argument) => toArgument(argument, print));
  const description = oneLine(field.description?.value);
  const place = `${method.toLowerCase()} ${name}`;
  const given = parameters.length === 0 ? '' : `(${parameters.map((each) => `${each.name}: ${each.type}`).join(', ')})`;
  return {
    type: 'endpoint',
    content: [
      `${place}: ${description === '' ? `answers ${print(field.type)}` : cut(description, 600)}`,
      `${name}${given}: ${print(field.type)}`,
      ...(isDeprecated(field.directives) ? ['Deprecated.'] : []),
    ].join('\n'),
    rawData: {
      method,
      path: name,
      operation_id: name,
      summary: cut(description, 200),
      tags: [],
      parameters,
      response_schema: print(field.type),
      ...placeOf(field),
    },
  };
}

interface TypeAt {
  readonly name: string;
  readonly definition: DefinitionNode & { readonly description?: { readonly value: string } | undefined };
  readonly fields: readonly (FieldDefinitionNode | InputValueDefinitionNode)[];
  readonly print: Print;
}

function toPayload({ name, definition, fields, print }: TypeAt): ExtractedEvidence {
  const shown = fields.slice(0, 200).map((field) => ({ name: field.name.value, type: print(field.type) }));
  const said = `Fields: ${shown.map((field) => `${field.name} (${field.type})`).join(', ')}.`;
  const raw = Object.fromEntries(
    shown.map((field) => [field.name, { type: field.type, required: field.type.endsWith('!') }]),
  );
  return toNamed({ name, definition, said, more: { fields: raw } });
}

interface NamedAt extends Pick<TypeAt, 'name' | 'definition'> {
  readonly said: string;
  readonly more: Readonly<Record<string, unknown>>;
}

function toNamed({ name, definition, said, more }: NamedAt): ExtractedEvidence {
  const description = oneLine(definition.description?.value);
  return {
    type: 'payload',
    content: `Schema ${name}: ${description === '' ? 'a type' : cut(description, 600)}\n${said}`,
    rawData: { schema: name, used_by: [], tags: [], ...more, ...placeOf(definition) },
  };
}

function toArgument(
  { name, type, defaultValue }: InputValueDefinitionNode,
  print: Print,
): { name: string; in: string; type: string; required: boolean } {
  const written = print(type);
  return {
    name: name.value,
    in: 'argument',
    type: written,
    required: written.endsWith('!') && defaultValue === undefined,
  };
}

function isDeprecated(directives: readonly ConstDirectiveNode[] | undefined): boolean {
  return directives?.some(({ name }) => name.value === 'deprecated') ?? false;
}

function placeOf(node: {
  readonly loc?: { readonly startToken: { readonly line: number; readonly column: number } } | undefined;
}): Place {
  const { line, column } = node.loc?.startToken ?? { line: null, column: null };
  return { line, column };
}

function oneLine(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}
