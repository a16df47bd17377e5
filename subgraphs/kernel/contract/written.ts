/** A hand-written contract, looked up by names. */
import {
  isTypeDefinitionNode,
  Kind,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';

export type FieldsNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

export class WrittenContract {
  readonly #types: ReadonlyMap<string, TypeDefinitionNode>;
  readonly #others: readonly WrittenContract[];

  /** `others` are the contracts of other domains. */
  constructor(document: DocumentNode, others: readonly WrittenContract[] = []) {
    this.#others = others;
    this.#types = new Map(document.definitions.filter(isTypeDefinitionNode).map((type) => [type.name.value, type]));
  }

  has(type: string): boolean {
    return this.#types.has(type);
  }

  get types(): Iterable<TypeDefinitionNode> {
    return this.#types.values();
  }

  /** Object types and interfaces. */
  *withFields(): Generator<FieldsNode> {
    for (const type of this.#types.values()) if (hasFields(type)) yield type;
  }

  fields(type: string): readonly FieldDefinitionNode[] {
    const found = this.#types.get(type);
    return found !== undefined && hasFields(found) ? (found.fields ?? []) : [];
  }

  field(type: string, name: string): FieldDefinitionNode | undefined {
    return this.fields(type).find((field) => field.name.value === name);
  }

  /** Also where another domain has it. */
  fieldAnywhere(type: string, name: string): FieldDefinitionNode | undefined {
    return this.field(type, name) ?? this.#others.map((other) => other.field(type, name)).find(Boolean);
  }
}

function hasFields(type: TypeDefinitionNode): type is FieldsNode {
  return type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

export function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

/** A description as SDL, in front of what it describes. */
export function describe(text: string): string {
  return text.includes('\n') ? `"""\n${text.replaceAll('"""', '\\"""')}\n"""` : JSON.stringify(text);
}

/** `CREATED_AT` → `createdAt`. */
export function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `WorkItem` → `workItem`. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `workflowTemplate` → `workflow template`. */
export function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}
