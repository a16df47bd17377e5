/** `weft scan`: a checkout's requirements, stories, specifications and evidence into the graph. */
import type { Command } from 'commander';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { readCheckout } from '../checkout/index.js';
import { CommandFailed, type Terminal } from '../command.js';
import { readKeySet } from '../named-file.js';
import { connectToGraph, printable } from '../graph-client/index.js';
import { renderReport } from '../scan/render.js';
import { scanCheckout } from '../scan/scan.js';

interface ScanOptions {
  readonly url?: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly trust?: string;
  readonly strict?: true;
  readonly json?: true;
}

export function configure(command: Command, terminal: Terminal): void {
  command
    .argument('<folder>', 'a checkout of a git repository')
    .option(
      '--url <url>',
      'the gateway to send it to; without it the one on HOST and PORT if it is up, else the configured store',
    )
    .option('--repository <owner/name>', 'which repository it is, when its remote does not say')
    .option('--commit <sha>', 'which commit it is, when git does not say')
    .option('--trust <file>', 'a JSON Web Key Set: public keys that may sign evidence of this repository')
    .option('--strict', 'exit with 1 for flagged files too: suspect parents, altered evidence packages')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExits with 1 when a file was rejected: it claims to be an artifact, and cannot be read as one. Sends the token in WEFT_TOKEN to the gateway, and follows no redirect.',
    )
    .action((folder: string, options: ScanOptions) => scan(folder, options, terminal));
}

async function scan(folder: string, options: ScanOptions, { print, printError }: Terminal): Promise<void> {
  const config = loadConfig(undefined, { serves: false });
  const { repository, commit } = options;
  const checkout = await readCheckout(folder, {
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
  });
  const trustedKeys = options.trust === undefined ? [] : await readKeySet(options.trust, '--trust');
  const log = createLogger({ level: config.logLevel });
  const client = await connectToGraph({ config, log, url: options.url, token: config.token?.reveal() });
  try {
    const { report, userErrors } = await scanCheckout({
      checkout,
      client,
      trustedKeys,
      onProgress: progress(checkout.candidateCount),
    });
    if (report === null) {
      for (const { code, message } of userErrors)
        printError(`weft: the scan was refused: ${printable(message)} (${code})`);
      throw new CommandFailed();
    }
    if (options.json === true) print(JSON.stringify(report, null, 2));
    else for (const line of renderReport(report, client.place)) print(line);
    if (report.rejected.length > 0 || (options.strict === true && report.flagged.length > 0)) throw new CommandFailed();
  } finally {
    await client.close();
  }
}

/** A line that overwrites itself, only where somebody is looking. */
function progress(total: number): (read: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  let shown = 0;
  return (read) => {
    const now = Date.now();
    if (read < total && now - shown < 100) return;
    shown = now;
    process.stderr.write(read >= total ? '\r\u001b[K' : `\rreading ${read} of ${total} files`);
  };
}
