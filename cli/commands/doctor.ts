/** `weft doctor`: what is wrong, and what to do about it. */
import type { Command } from 'commander';
import { CommandFailed, type Terminal } from '../command.js';
import { examine } from '../doctor/examine.js';
import { formatFinding } from '../doctor/finding.js';

export function configure(command: Command, { print }: Terminal): void {
  command
    .option('--json', 'print the findings as one JSON array')
    .action(async ({ json = false }: { json?: boolean }) => {
      const findings = await examine();
      if (json) print(JSON.stringify(findings, null, 2));
      else findings.map(formatFinding).forEach(print);
      if (findings.some(({ status }) => status === 'failed')) throw new CommandFailed();
    });
}
