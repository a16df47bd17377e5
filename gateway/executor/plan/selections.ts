/** A selection set to be compared with others and added to: by canonical keys, and by type conditions. */
import { Kind, type FieldNode, type SelectionNode, type SelectionSetNode } from 'graphql';

export interface SelectedField {
  readonly node: FieldNode;
  /** Null for a leaf. */
  readonly below: Selections | null;
}

export class Selections {
  readonly fields = new Map<string, SelectedField>();
  /** Under each type condition. */
  readonly on = new Map<string, Selections>();

  /** Of a document that was made plannable: each key stands once at a place, and fragments are inline. */
  static of(selectionSet: SelectionSetNode | undefined): Selections {
    const selections = new Selections();
    selections.#read(selectionSet);
    return selections;
  }

  #read(selectionSet: SelectionSetNode | undefined): void {
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        const { below } = this.field(selection);
        if (below !== null) below.#read(selection.selectionSet);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        (condition === undefined ? this : this.onType(condition)).#read(selection.selectionSet);
      } else throw new Error(`the fragment ${selection.name.value} was not written out`);
    }
  }

  /** The field of `node`'s key here, added when it is missing; what `node` selects below is not. */
  field(node: FieldNode): SelectedField {
    const key = (node.alias ?? node.name).value;
    let field = this.fields.get(key);
    if (field === undefined) {
      field = { node, below: node.selectionSet === undefined ? null : new Selections() };
      this.fields.set(key, field);
    }
    return field;
  }

  onType(condition: string): Selections {
    let selections = this.on.get(condition);
    if (selections === undefined) this.on.set(condition, (selections = new Selections()));
    return selections;
  }

  add(other: Selections): void {
    for (const { node, below } of other.fields.values()) {
      const mine = this.field(node).below;
      if (below !== null) mine?.add(below);
    }
    for (const [condition, selections] of other.on) this.onType(condition).add(selections);
  }

  copy(): Selections {
    const copy = new Selections();
    copy.add(this);
    return copy;
  }

  get isEmpty(): boolean {
    return this.fields.size === 0 && [...this.on.values()].every(({ isEmpty }) => isEmpty);
  }

  toSelectionSet(): SelectionSetNode {
    const selections: SelectionNode[] = [];
    for (const { node, below } of this.fields.values()) {
      if (below === null) selections.push(node);
      else selections.push({ ...node, selectionSet: below.isEmpty ? onlyTypename : below.toSelectionSet() });
    }
    for (const [condition, inside] of this.on) {
      if (inside.isEmpty) continue;
      const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: condition } } as const;
      selections.push({ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: inside.toSelectionSet() });
    }
    return { kind: Kind.SELECTION_SET, selections };
  }
}

export const typenameField: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

const onlyTypename: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [typenameField] };
