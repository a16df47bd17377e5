/** The attacks, in the order in which they are made. */
import type { Attack } from './attack.js';
import { bodies } from './bodies.js';
import { connections } from './connections.js';
import { expensiveOperations } from './expensive-operations.js';
import { documents } from './documents.js';
import { fragments } from './fragments.js';
import { messages } from './messages.js';
import { slowBodies } from './slow-bodies.js';

export const attacks: readonly Attack[] = [
  fragments,
  documents,
  bodies,
  messages,
  slowBodies,
  expensiveOperations,
  connections,
];
