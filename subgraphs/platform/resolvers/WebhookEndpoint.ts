import { cursorOfPosition } from '../../kernel/events/index.js';
import type { Row } from '../../kernel/read/index.js';

/** Where subscriptions and endpoints go on from. */
export const cursor = (row: Row): string => cursorOfPosition(Number(row['_position']));
