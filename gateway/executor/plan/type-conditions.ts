/** Answers whether an object of one type satisfies a type condition, over the whole supergraph. */
import { isAbstractType, isObjectType, type GraphQLSchema } from 'graphql';

/** `typename` is what an answer said: a string, or undefined when nobody asked. */
export type SatisfiesType = (typename: string, condition: string) => boolean;

export function createSatisfiesType(schema: GraphQLSchema): SatisfiesType {
  const known = new Map<string, Map<string, boolean>>();
  return (typename, condition) => {
    if (typename === condition) return true;
    let ofCondition = known.get(condition);
    if (ofCondition === undefined) known.set(condition, (ofCondition = new Map<string, boolean>()));
    let answer = ofCondition.get(typename);
    if (answer === undefined) {
      const type = schema.getType(typename);
      const abstract = schema.getType(condition);
      answer = isObjectType(type) && isAbstractType(abstract) && schema.isSubType(abstract, type);
      // Type names come from subgraphs: only those of the supergraph are remembered, so that the map stays bounded.
      if (type !== undefined) ofCondition.set(typename, answer);
    }
    return answer;
  };
}
