/** Owns what the audit trail is watched and proven by. */
export { countedUpTo, findMissingEntries, readTrailState, type TrailState } from './state.js';
export { TrailWatch, type TrailCondition, type TrailWatchOptions } from './watch.js';
export {
  edgeTiles,
  fullTilesAbove,
  readConsistencyProof,
  readInclusionProof,
  readRoots,
  readTiles,
  readTreeSize,
  TreeBroken,
  type Tile,
} from './tree.js';
export { generateNoteKey, isSignedBy, parseCheckpoint, parseNoteSigner, type Head, type NoteSigner } from './note.js';
export { findLastCheckpoint, listCheckpoints, makeCheckpoint, TrailRefusal, type Checkpoint } from './checkpoint.js';
export { Checkpointer, openCheckpointer, readSigners, startCheckpoints } from './checkpointer.js';
export { isLate, listPublications, readCheckpointState, type Publication } from './publications.js';
export { openStores, type CheckpointStore } from './stores/index.js';
