/**
 * What single fields of the graph cost beside the objects they answer; 1 is about 40 µs of the database. Measured on the
 * large demo data (`npm run bench -- dearest`). What conditions and totals cost is the gateway's own and holds for every connection.
 */
import type { FieldWeights } from '../../gateway/index.js';

export const weights: FieldWeights = {
  fields: new Map([
    // Up to 5 ms, 2.2 ms and 1.7 ms for a repository.
    ['Repository.gaps', 130],
    ['Repository.traceabilityMatrix', 60],
    ['Repository.coverage', 50],
    // Up to 10 ms; a vector is compared with at most 200 others, whatever is stored.
    ['Query.searchArtifacts', 500],
    ['Query.searchEvidence', 500],
    ['Query.searchMemory', 500],
    ['Query.trace', 500],
    // The like of every piece of evidence of a document.
    ['Query.nearDuplicates', 2_500],
    // Sums over all rows of the time asked for.
    ['Query.modelUsage', 500],
    ['Query.passRates', 500],
    ['Query.processingQueue', 500],
    ['Query.scanUsage', 500],
    ['Query.templateScores', 500],
    // 50,000 links take up to 0.7 s, and 10,000 entries that had to be sealed before 0.8 s: a request may ask one of it.
    ['Query.verifyAuditTrail', 26_000],
  ]),
};
