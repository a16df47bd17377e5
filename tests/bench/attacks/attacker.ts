/** One attack, in a process of its own: the victim's clock must not run in it. */
import { attacks } from './list.js';
import type { Target } from './attack.js';

process.on('disconnect', () => process.exit(0));
process.on('message', ({ name, target }: { name: string; target: Target }) => {
  void attacks.find((attack) => attack.name === name)?.run(target);
});
