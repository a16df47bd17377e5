/** A named schema as evidence: its fields with what they have to meet, its values, and who uses it. */
import type { ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { placeOf, type Operation } from './operations.js';
import {
  constraintsOf,
  fieldsOf,
  firstSentences,
  sayConstraints,
  sayFields,
  toRawFields,
  typeOf,
} from './schema-text.js';
import { member, toList, toText, type Obj } from './values.js';

export interface NamedSchema {
  readonly name: string;
  readonly schema: unknown;
  readonly usedBy: readonly Operation[];
  /** What tells the users where they are no operations of a description. */
  readonly users?: readonly string[];
}

export function toPayload(document: Obj, { name, schema, usedBy, users }: NamedSchema): ExtractedEvidence {
  const fields = fieldsOf(document, schema);
  const values = toList(member(schema, 'enum')).slice(0, 50);
  const { enum: listed, ...constraints } = constraintsOf(schema);
  void listed;
  const said = sayConstraints(constraints);
  const places = users ?? usedBy.map(placeOf);
  const tellsBy =
    toText(member(member(schema, 'discriminator'), 'propertyName')) ?? toText(member(schema, 'discriminator'));
  const parts = [
    `Schema ${name}: ${firstSentences(toText(member(schema, 'description'))) ?? typeOf(schema)}`,
    isUnion(schema) && toText(member(schema, 'description')) !== null ? `Is ${typeOf(schema)}.` : null,
    tellsBy === null ? null : `Told apart by ${tellsBy}.`,
    fields.length === 0 ? null : `Fields: ${sayFields(fields)}.`,
    values.length === 0 ? null : `Values: ${values.map(String).join(', ')}.`,
    said.length === 0 ? null : `Values are ${said.join(', ')}.`,
    places.length === 0 ? null : `Used by ${places.slice(0, 10).join(', ')}.`,
  ];
  return {
    type: 'payload',
    content: parts.filter((part) => part !== null).join('\n'),
    rawData: {
      schema: name,
      used_by: places,
      tags: [...new Set(usedBy.flatMap(({ tags }) => tags))].slice(0, 20),
      ...(fields.length === 0 && { type: typeOf(schema) }),
      fields: toRawFields(fields),
      ...(values.length > 0 && { values }),
      ...(Object.keys(constraints).length > 0 && { constraints }),
    },
  };
}

function isUnion(schema: unknown): boolean {
  return toList(member(schema, 'oneOf')).length > 1 || toList(member(schema, 'anyOf')).length > 1;
}
