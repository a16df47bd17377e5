/** `weft token`: a token for development, and the key file that verifies it. */
import { type Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { mintDevelopmentToken } from '../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import type { Terminal } from '../command.js';

interface TokenOptions {
  readonly subject: string;
  readonly scope?: readonly string[];
  readonly expiresIn: string;
  readonly issuer: string;
  readonly audience: string;
  readonly name?: string;
}

export function configure(command: Command, terminal: Terminal): void {
  command
    .requiredOption('--subject <id>', 'who the token is for: its sub claim', parseSubject)
    .option('--scope <scope...>', 'what it permits, e.g. traceability:write for weft scan')
    .option('--name <name>', 'printed name of the caller')
    .option('--expires-in <span>', 'how long it is good for, e.g. 30m, 2h, 7d', parseSpan, '2h')
    .option('--issuer <iss>', 'its iss claim, as in WEFT_JWT_ISSUER', 'weft-development')
    .option('--audience <aud>', 'its aud claim, as in WEFT_JWT_AUDIENCE', 'weft')
    .action((options: TokenOptions) => print(options, terminal));
}

/** The token alone goes to standard output, so that `$(weft token …)` is one. */
async function print(options: TokenOptions, terminal: Terminal): Promise<void> {
  const { environment, database } = loadConfig(undefined, { serves: false });
  if (environment === 'production') {
    throw new StartupError(
      'weft token signs with a key that lies on this disk: it is refused with NODE_ENV=production.',
    );
  }
  const { scope: scopes = [], subject, expiresIn, issuer, audience, name } = options;
  const keyFile = join(database.dataDir, 'token-key.json');
  const { token, jwksFile } = await mintDevelopmentToken({
    subject,
    scopes,
    expiresIn,
    issuer,
    audience,
    keyFile,
    ...(name === undefined ? {} : { name }),
  });
  terminal.print(token);
  terminal.printError(
    `Serve with WEFT_AUTH=jwt WEFT_JWKS_FILE=${jwksFile} WEFT_JWT_ISSUER=${issuer} WEFT_JWT_AUDIENCE=${audience}`,
  );
}

function parseSubject(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected an id that is not empty, e.g. ann.');
  return text;
}

function parseSpan(text: string): string {
  if (!/^[1-9]\d{0,5}[smhd]$/.test(text))
    throw new InvalidArgumentError('Expected a number and s, m, h or d, e.g. 30m.');
  return text;
}
