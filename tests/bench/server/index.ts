/** Owns what the doors cost: the limits, and subscribers. */
await import('./limits.js');
await import('./subscribers.js');
