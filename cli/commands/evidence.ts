/** `weft evidence`: packages of what tests gave: made, signed and checked without a graph. */
import { InvalidArgumentError, type Command } from 'commander';
import { CommandFailed, type Terminal } from '../command.js';
import { createPackage, readSigningKey, signPackage, verifyEvidence } from '../evidence/index.js';
import { printable } from '../graph-client/index.js';
import { readKeySet, readNamedFile } from '../named-file.js';

interface CreateOptions {
  readonly spec: string;
  readonly results: readonly string[];
  readonly attach?: readonly string[];
  readonly tier?: 'IQ' | 'OQ' | 'PQ';
  readonly key?: string;
  readonly kid?: string;
  readonly json?: true;
}

interface SignOptions {
  readonly key: string;
  readonly kid?: string;
}

interface VerifyOptions {
  readonly trust: string;
  readonly json?: true;
}

export function configure(command: Command, { print }: Terminal): void {
  command
    .command('create')
    .description('Makes a package of what the tests of a specification gave.')
    .argument('<folder>', 'the checkout that the tests ran in')
    .requiredOption('--spec <id>', 'the specification; its test_files say which tests speak for it')
    .requiredOption(
      '--results <file...>',
      'reports: JUnit XML (pytest --junit-xml), JSON of Jest, Vitest or Playwright',
    )
    .option('--attach <file...>', 'further files that go in as they are, such as screenshots and traces')
    .option('--tier <tier>', "IQ, OQ or PQ, instead of the specification's own", toTier)
    .option('--key <file>', 'sign it at once with this private key in PEM')
    .option('--kid <id>', 'how the key is known to whoever trusts it; the thumbprint of RFC 7638 without one')
    .option('--json', 'print what was made as JSON')
    .addHelpText(
      'after',
      '\nA run that failed is packed as one that failed. Tests that name a criterion (AC-1) speak for it.',
    )
    .action(async (folder: string, { spec, results, attach, tier, key, kid, json }: CreateOptions) => {
      const signingKey = key === undefined ? null : await readSigningKey(await readNamedFile(key, '--key'), kid);
      const made = await createPackage({
        folder,
        specId: spec,
        resultFiles: results,
        ...(attach !== undefined && { attachments: attach }),
        ...(tier !== undefined && { tier }),
      });
      if (signingKey !== null) await signPackage(`${folder}/${made.path}`, signingKey);
      if (json === true) print(JSON.stringify(made, null, 2));
      else print(`${made.path}  ${made.result}: ${made.passed} passed, ${made.failed} failed, ${made.skipped} skipped`);
    });
  command
    .command('sign')
    .description('Signs a package, or adds a signature to one that is signed.')
    .argument('<folder>', 'the package')
    .requiredOption('--key <file>', 'a private key in PEM')
    .option('--kid <id>', 'how the key is known to whoever trusts it; the thumbprint of RFC 7638 without one')
    .action(async (folder: string, { key, kid }: SignOptions) => {
      const { signatures } = await signPackage(folder, await readSigningKey(await readNamedFile(key, '--key'), kid));
      print(`${folder}  ${signatures} ${signatures === 1 ? 'signature' : 'signatures'}`);
    });
  command
    .command('verify')
    .description('Checks packages and signed evidence by the rules of a scan.')
    .argument('<folder>', 'a package, or a checkout with any number of them')
    .requiredOption('--trust <file>', 'a JSON Web Key Set: public keys that may sign')
    .option('--json', 'print the verdicts as JSON')
    .addHelpText(
      'after',
      '\nExits with 1 when a signature or a package does not hold, or can not be judged. The result is told, not judged.',
    )
    .action(async (folder: string, { trust, json }: VerifyOptions) => {
      const verified = await verifyEvidence(folder, await readKeySet(trust, '--trust'));
      if (json === true) print(JSON.stringify(verified, null, 2));
      else for (const line of render(verified)) print(line);
      const isGood =
        verified.evidence.length > 0 && verified.evidence.every(({ verdict }) => verdict.verified === true);
      if (!isGood || verified.problems.some(({ severity }) => severity === 'REJECTED')) throw new CommandFailed();
    });
}

function render({ evidence, problems }: Awaited<ReturnType<typeof verifyEvidence>>): string[] {
  if (evidence.length === 0 && problems.length === 0) return ['There is no evidence here.'];
  return [
    ...evidence.map(({ gxpId, verdict, result }) => {
      const signers = verdict.signerCount > 1 ? ` by ${verdict.signerCount} keys` : '';
      return `${printable(gxpId)}  ${verdict.code}${signers}  ${result.result}  ${printable(verdict.reason)} ${printable(result.reason)}`;
    }),
    ...problems
      .filter(({ severity }) => severity === 'REJECTED')
      .map(({ path, code, reason }) => `${printable(path)}  ${code}  ${printable(reason)}`),
  ];
}

function toTier(text: string): 'IQ' | 'OQ' | 'PQ' {
  const tier = (['IQ', 'OQ', 'PQ'] as const).find((each) => each === text.toUpperCase());
  if (tier === undefined) throw new InvalidArgumentError('Expected IQ, OQ or PQ.');
  return tier;
}
