/**
 * Owns the figures of evidence and features: how well and how fast the vector index finds. On the embedded engine with 2,000
 * rows, on a server with 100,000 (WEFT_TEST_OPERATIONS for another number): WEFT_TEST_DATABASE_URL=… npm run bench --
 * evidence-and-features
 */
import { measureRecall } from './recall.js';

await measureRecall();
