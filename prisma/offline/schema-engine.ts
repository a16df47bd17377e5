/** Speaks the protocol of Prisma's schema engine, over its WebAssembly build and the `pg` driver. */
import { parseEngineArguments } from './engine-arguments.js';
import { serve } from './json-rpc.js';
import { runServerCommand } from './server-commands.js';
import { engineVersion, loadEngine } from './wasm-engine.js';

const given = parseEngineArguments(process.argv.slice(2));
const [command, subcommand] = given.command;
if (command === '--version') {
  process.stdout.write(`schema-engine-wasm ${engineVersion()}\n`);
} else if (command === 'cli') {
  process.exitCode = await runServerCommand(subcommand, given.datasource);
} else {
  serve(loadEngine(given));
}
