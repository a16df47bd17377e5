/** Shapes the gathered data into the response: what was selected, in its order, with nulls propagated as the specification says. */
import {
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLUnionType,
  type InlineFragmentNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { ErrorCode } from '../../../subgraphs/kernel/errors/index.js';
import { answerError } from './answer-error.js';
import type { SourceKey, SourceKeys } from '../operation/source-keys.js';
import {
  gatherFields,
  inResponseOrder,
  type FieldGroup,
  type IsSelected,
  type SelectionGroup,
} from '../operation/field-groups.js';
import { compileIntrospectionField, isIntrospectionField } from '../operation/introspection.js';
import { compileLeaf, isInt, notAllowed, plainLeafOf, type PlainLeaf } from './leaf-values.js';
import type { Run } from '../run.js';
import type { JsonObject } from '../plan/selection-tree.js';
import type { Denial, Shield } from '../operation/shield.js';

/** The response path of a value, newest key last; only written out when there is an error to say. */
export interface PathNode {
  readonly previous: PathNode | null;
  readonly key: string | number;
}

/** Null when a non-null position below had no value. */
export type ShapeObject = (source: JsonObject, run: Run, path: PathNode | null) => JsonObject | null;
/** `source` is the object that the value is of; `parent` and `key` say where it stands. */
export type CompleteValue = (value: unknown, run: Run, parent: PathNode | null, key: string | number) => unknown;

interface ShapedField {
  readonly key: string;
  /** Its canonical key, under which the gathered data has the value. */
  readonly source: string;
  readonly complete: CompleteValue | null;
  /** What is taken as it is, without a look at {@link complete}: most values of an answer. */
  readonly plain: PlainLeaf | null;
  /** `Type.field`, for the error. Null when the field may be null. */
  readonly nonNullName: string | null;
  readonly introspect: ((run: Run) => unknown) | null;
  /** The caller may not see it. */
  readonly denied: Denial | null;
}

interface Slot extends ShapedField {
  readonly isSelected: IsSelected;
  /** Another slot of the same key may have been selected before. */
  readonly isRepeated: boolean;
}

export interface ShapeEnvironment {
  readonly schema: GraphQLSchema;
  /** With the types and values that callers may not see. */
  readonly supergraphSchema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly sourceKeys: SourceKeys;
  readonly shield?: Shield | undefined;
  readonly deferral?: Deferral;
}

/** How an answer in parts takes note of what it puts off. */
export interface Deferral {
  readonly isDeferred: (fragment: InlineFragmentNode) => boolean;
  /** For objects of `type`, of which `groups` are selected, and these fragments of them are put off. */
  readonly placesOf: (
    type: GraphQLObjectType | GraphQLInterfaceType,
    groups: readonly SelectionGroup[],
    fragments: readonly InlineFragmentNode[],
  ) => NotePlaces;
  /** Where a value becomes null, what was put off below it is no more. */
  readonly withoutNulled: (complete: CompleteValue) => CompleteValue;
}

/** `shaped` is what the first part answers for `source`. */
export type NotePlaces = (source: JsonObject, shaped: JsonObject, run: Run, path: PathNode | null) => void;

export function compileShape(environment: ShapeEnvironment): ShapeObject {
  const { schema, operation, sourceKeys } = environment;
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`the schema has no ${operation.operation} type`);
  const groups = [{ selections: operation.selectionSet.selections, conditions: null }];
  return shapeOf(root, groups, environment, sourceKeys.ofRoot);
}

export function shapeOf(
  type: GraphQLObjectType | GraphQLInterfaceType,
  groups: readonly SelectionGroup[],
  environment: ShapeEnvironment,
  keyOf: SourceKey = environment.sourceKeys.below,
): ShapeObject {
  const { schema, fragments, deferral } = environment;
  if (deferral === undefined)
    return shapeFields(type, gatherFields(schema, type, groups, fragments), environment, keyOf);
  const putOff: InlineFragmentNode[] = [];
  const gathered = gatherFields(schema, type, groups, fragments, (fragment) => {
    const isPutOff = deferral.isDeferred(fragment);
    if (isPutOff) putOff.push(fragment);
    return isPutOff;
  });
  const shape = shapeFields(type, gathered, environment, keyOf);
  if (putOff.length === 0) return shape;
  const notePlaces = deferral.placesOf(type, groups, putOff);
  return (source, run, path) => {
    const shaped = shape(source, run, path);
    if (shaped !== null) notePlaces(source, shaped, run, path);
    return shaped;
  };
}

export function shapeFields(
  type: GraphQLObjectType | GraphQLInterfaceType,
  groups: Iterable<FieldGroup>,
  environment: ShapeEnvironment,
  keyOf: SourceKey = environment.sourceKeys.below,
): ShapeObject {
  const fields = new Map<FieldGroup, ShapedField | null>();
  const slots: Slot[] = [];
  for (const { group, isSelected } of inResponseOrder(groups)) {
    const isRepeated = fields.has(group);
    const field = fields.get(group) ?? shapeField(type, group, environment, keyOf);
    fields.set(group, field);
    if (field !== null) slots.push({ ...field, isSelected, isRepeated });
  }
  const typeName = type.name;
  return (source, run, path) => {
    const shaped: JsonObject = {};
    for (let i = 0; i < slots.length; i++) {
      const field = slots[i] as Slot;
      if (field.isSelected !== null && !field.isSelected(run.variables)) continue;
      if (field.isRepeated && Object.hasOwn(shaped, field.key)) continue;
      const raw = source[field.source];
      if (field.plain !== null && (field.plain === typeof raw || (field.plain === 'int' && isInt(raw)))) {
        shaped[field.key] = raw;
        continue;
      }
      if (field.complete === null) {
        if (field.denied !== null) {
          run.errors.push(field.denied(toResponsePath({ previous: path, key: field.key }), run.context));
          if (field.nonNullName !== null) return null;
          shaped[field.key] = null;
          continue;
        }
        shaped[field.key] = field.introspect === null ? typeName : field.introspect(run);
        continue;
      }
      const value = raw === null || raw === undefined ? null : field.complete(raw, run, path, field.key);
      if (value === null && field.nonNullName !== null) {
        if (!run.hasFailed(source, field.source)) {
          const code = run.isMissing(source) ? 'NOT_FOUND' : 'INTERNAL_SERVER_ERROR';
          addNullError(run, field.nonNullName, { previous: path, key: field.key }, code);
        }
        return null;
      }
      shaped[field.key] = value;
    }
    return shaped;
  };
}

function shapeField(
  type: GraphQLObjectType | GraphQLInterfaceType,
  group: FieldGroup,
  environment: ShapeEnvironment,
  keyOf: SourceKey,
): ShapedField | null {
  const [first] = group.nodes;
  if (first === undefined) return null;
  const base = {
    key: group.key,
    source: keyOf(first.node),
    nonNullName: null,
    complete: null,
    plain: null,
    introspect: null,
    denied: null,
  };
  if (group.name === '__typename') return base;
  if (isIntrospectionField(group.name)) return { ...base, introspect: compileIntrospectionField(group, environment) };
  const definition: GraphQLField<unknown, unknown> | undefined = type.getFields()[group.name];
  if (definition === undefined) return null;
  const nonNullName = isNonNullType(definition.type) ? `${type.name}.${group.name}` : null;
  const denied = environment.shield?.deniedField(type.name, group.name) ?? null;
  if (denied !== null) return { ...base, nonNullName, denied };
  return {
    ...base,
    nonNullName,
    plain: plainLeafOf(definition.type),
    complete: compileValue(definition.type, `${type.name}.${group.name}`, group.groups, environment),
  };
}

function compileValue(
  type: GraphQLOutputType,
  name: string,
  groups: readonly SelectionGroup[],
  environment: ShapeEnvironment,
): CompleteValue {
  const complete = compileNullable(type, name, groups, environment);
  const { deferral } = environment;
  return deferral === undefined || isLeafType(type) || isNonNullType(type)
    ? complete
    : deferral.withoutNulled(complete);
}

function compileNullable(
  type: GraphQLOutputType,
  name: string,
  groups: readonly SelectionGroup[],
  environment: ShapeEnvironment,
): CompleteValue {
  if (isNonNullType(type)) return compileValue(type.ofType, name, groups, environment);
  if (isListType(type)) return compileList(type.ofType, name, groups, environment);
  if (isLeafType(type)) {
    const read = compileLeaf(type, environment.supergraphSchema);
    return (value, run, parent, key) => {
      const leaf = read(value);
      return leaf === notAllowed ? refuseValue(run, name, type.name, { previous: parent, key }) : leaf;
    };
  }
  if (isObjectType(type)) {
    let shape: ShapeObject | undefined;
    return (value, run, parent, key) => {
      if (typeof value !== 'object' || Array.isArray(value)) {
        return refuseValue(run, name, type.name, { previous: parent, key });
      }
      shape ??= shapeOf(type, groups, environment);
      return shape(value as JsonObject, run, { previous: parent, key });
    };
  }
  return compileAbstract(type, name, groups, environment);
}

function compileList(
  itemType: GraphQLOutputType,
  name: string,
  groups: readonly SelectionGroup[],
  environment: ShapeEnvironment,
): CompleteValue {
  const complete = compileValue(itemType, name, groups, environment);
  const nonNull = isNonNullType(itemType);
  return (value, run, parent, key) => {
    const path: PathNode = { previous: parent, key };
    if (!Array.isArray(value)) return refuseValue(run, name, 'list', path);
    const shaped = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i++) {
      const raw: unknown = value[i];
      const item = raw === null || raw === undefined ? null : complete(raw, run, path, i);
      if (item === null && nonNull) {
        addNullError(run, name, { previous: path, key: i }, 'INTERNAL_SERVER_ERROR');
        return null;
      }
      shaped[i] = item;
    }
    return shaped;
  };
}

/** An object of a type that callers may not see is null, as if there were none. */
function compileAbstract(
  type: GraphQLInterfaceType | GraphQLUnionType,
  name: string,
  groups: readonly SelectionGroup[],
  environment: ShapeEnvironment,
): CompleteValue {
  const { schema, supergraphSchema, shield } = environment;
  const shapes = new Map<string, ShapeObject>();
  const isHidden = (typename: string) => {
    const abstract = supergraphSchema.getType(type.name);
    const runtimeType = supergraphSchema.getType(typename);
    if (schema.getType(typename) !== undefined || !isObjectType(runtimeType)) return false;
    return isAbstractType(abstract) && supergraphSchema.isSubType(abstract, runtimeType);
  };
  return (value, run, parent, key) => {
    const refuse = () => refuseValue(run, name, type.name, { previous: parent, key });
    if (typeof value !== 'object' || Array.isArray(value)) return refuse();
    const source = value as JsonObject;
    const said = source['__typename'];
    // Without a type name nothing selected depends on it; an interface's own name comes from `@interfaceObject`.
    const typename = said === undefined && isInterfaceType(type) ? type.name : said;
    if (typeof typename !== 'string') return refuse();
    let shape = shapes.get(typename);
    if (shape === undefined) {
      const runtimeType = schema.getType(typename);
      const fits = isObjectType(runtimeType) ? schema.isSubType(type, runtimeType) : isInterfaceType(runtimeType);
      if (!fits) return isHidden(typename) ? null : refuse();
      const denied = shield?.deniedType(typename) ?? null;
      shape =
        denied === null
          ? shapeOf(runtimeType as GraphQLObjectType | GraphQLInterfaceType, groups, environment)
          : shapeDenied(denied);
      shapes.set(typename, shape);
    }
    return shape(source, run, { previous: parent, key });
  };
}

function shapeDenied(denied: Denial): ShapeObject {
  return (_source, run, path) => {
    run.errors.push(denied(toResponsePath(path), run.context));
    return null;
  };
}

export function toResponsePath(node: PathNode | null): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = node; at !== null; at = at.previous) path.push(at.key);
  return path.reverse();
}

/**
 * The specification wants one error for each null that propagates. Where a subgraph already said why — at this place,
 * above it, or below it — that error stands. An entity that its subgraph does not have, or not for this caller, is nobody's fault.
 */
function addNullError(run: Run, name: string, node: PathNode, code: ErrorCode): void {
  const path = toResponsePath(node);
  if (run.explains(path)) return;
  run.errors.push(
    answerError(`Cannot return null for non-nullable field ${name}.`, {
      path,
      extensions: { code },
    }),
  );
}

/** Null for what the schema does not allow here. The value itself is not repeated: nobody knows what it is. */
function refuseValue(run: Run, name: string, expected: string, node: PathNode): null {
  const path = toResponsePath(node);
  if (run.explains(path)) return null;
  const message = `A subgraph answered a value of ${name} that is no ${expected}.`;
  run.errors.push(
    answerError(message, {
      path,
      extensions: { code: 'INTERNAL_SERVER_ERROR' satisfies ErrorCode, errorId: run.refuse(message, path) },
    }),
  );
  return null;
}
