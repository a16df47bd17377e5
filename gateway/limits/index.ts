/** Owns what an operation may ask for at most, and which operations are let in at all. */
export { defaultLimits, limitExceeded, type LimitName, type OperationLimits } from './limits.js';
export { isIntrospectionRoot, measureDocument } from './shape.js';
export { compileCost } from './cost.js';
export { checkCost, type OperationCost } from './cost-parts.js';
export type { FieldWeights } from './weights.js';
export { checkNesting } from './nesting.js';
export { fragmentsOf, groupFields, responseKey, type Fragments } from './selections.js';
export { documentNotTrusted } from './trusted-documents.js';
export { readTrustedDocuments, type TrustedDocuments } from '../../subgraphs/kernel/config/trusted-documents.js';
