/** The gateway checks scalars as the subgraphs do: they would answer a date that is none as a fault, which callers see masked. */
import { type GraphQLSchema, isScalarType, valueFromASTUntyped } from 'graphql';
import { scalars } from '../../subgraphs/kernel/scalars/index.js';

/** Only for the API of Weft's own supergraph: elsewhere a `DateTime` may be written differently. */
export function checkScalars(api: GraphQLSchema): void {
  for (const scalar of Object.values(scalars)) {
    const type = api.getType(scalar.name);
    if (!isScalarType(type)) continue;
    // Checked, and then left as it was sent: the subgraph parses it again.
    type.parseValue = (value) => {
      scalar.parseValue(value);
      return value;
    };
    type.parseLiteral = (node, variables) => {
      scalar.parseLiteral(node, variables);
      return valueFromASTUntyped(node, variables);
    };
  }
}
