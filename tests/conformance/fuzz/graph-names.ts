/** The graphs that are fuzzed: Weft's own over made-up data, and the generated one of the differential tests. */
export const graphNames = ['weft', 'differential'] as const;
export type GraphName = (typeof graphNames)[number];
