#!/usr/bin/env node
/** `weft`: the composition root, the one room that sees both the gateway and the subgraphs. */
import { runCli } from './run.js';

process.exitCode = await runCli(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  printError: (line) => process.stderr.write(`${line}\n`),
});
