/** Owns what the five source documents ask of the database, written down from them and not from the database. */
import { auditAndBuilds } from './audit-and-builds.js';
import type { ContractSection } from './contract.js';
import { evidenceAndFeatures } from './evidence-and-features.js';
import { scanningAndWallets } from './scanning-and-wallets.js';
import { traceability } from './traceability.js';
import { workflow } from './workflow.js';

export type { ContractSection, ContractTable } from './contract.js';

export const seedContract: readonly ContractSection[] = [
  traceability,
  evidenceAndFeatures,
  auditAndBuilds,
  scanningAndWallets,
  workflow,
];
