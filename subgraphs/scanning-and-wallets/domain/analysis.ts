/** What an analyser may hand in: a judgement about a page, and nothing of the page itself. */
import { UserErrors, type UserError } from '../../kernel/errors/index.js';
import { assertContentHash, toMediaType } from './content.js';

export interface Analysis {
  readonly riskScore: number;
  readonly categories: readonly string[];
  readonly contentHash: string;
  readonly httpStatus?: number | null | undefined;
  readonly contentType?: string | null | undefined;
  readonly modelUsed: string;
  readonly reasoning?: string | null | undefined;
  readonly indicators: readonly string[];
  readonly analysisMetadata?: Readonly<Record<string, unknown>> | null | undefined;
}

const maxItems = 100;
const maxItemLength = 300;
const maxReasoningLength = 5_000;
const maxMetadataLength = 10_000;

const markup = /<\s*[a-z!/][^>]*>/i;
const contentName = /^(page_?)?(body|content|dom|html|image|markup|page|raw|screenshot|snapshot|source|text)$/i;

/** Throws VALIDATION, naming every fault. `path` is where the analysis stands in the input. */
export function assertAnalysis(analysis: Analysis, path: readonly string[] = []): void {
  const { riskScore, categories, indicators, modelUsed, reasoning, analysisMetadata } = analysis;
  assertContentHash(analysis.contentHash);
  const faults: UserError[] = [];
  const fault = (field: string, message: string): void =>
    void faults.push({ code: 'VALIDATION', field: [...path, field], message: `${field} ${message}` });
  if (!Number.isInteger(riskScore) || riskScore < 0 || riskScore > 100) fault('riskScore', 'must be 0 to 100.');
  for (const [field, list] of Object.entries({ categories, indicators })) {
    if (list.length > maxItems || list.some((item) => item.length > maxItemLength || item.includes('\0'))) {
      fault(field, `may have ${maxItems} texts of ${maxItemLength} characters.`);
    }
    if (list.some((item) => markup.test(item))) fault(field, 'must not quote the markup of the page.');
  }
  if (modelUsed.trim() === '' || modelUsed.length > 200 || modelUsed.includes('\0')) {
    fault('modelUsed', 'must have 1 to 200 characters.');
  }
  if (reasoning != null) {
    if (reasoning.length > maxReasoningLength || reasoning.includes('\0')) {
      fault('reasoning', `may have ${maxReasoningLength} characters.`);
    }
    if (markup.test(reasoning)) fault('reasoning', 'must not quote the markup of the page.');
  }
  faults.push(...accessFaults(analysis, path));
  if (analysisMetadata != null) faults.push(...metadataFaults('analysisMetadata', analysisMetadata, path));
  if (faults.length > 0) throw new UserErrors(faults);
}

export interface AccessFacts {
  readonly httpStatus?: number | null | undefined;
  readonly contentType?: string | null | undefined;
}

export function accessFaults({ httpStatus, contentType }: AccessFacts, path: readonly string[] = []): UserError[] {
  const faults: UserError[] = [];
  const fault = (field: string, message: string): void =>
    void faults.push({ code: 'VALIDATION', field: [...path, field], message });
  if (httpStatus != null && (httpStatus < 100 || httpStatus > 599))
    fault('httpStatus', 'httpStatus must be 100 to 599.');
  if (contentType != null && toMediaType(contentType) === null) {
    fault('contentType', 'contentType must be a media type such as text/html.');
  }
  return faults;
}

/** Free-form data is where a page would be smuggled in: it is small, plain, and has no member named like content. */
export function metadataFaults(field: string, metadata: unknown, path: readonly string[] = []): UserError[] {
  const fault = (message: string): UserError[] => [
    { code: 'VALIDATION', field: [...path, field], message: `${field} ${message}` },
  ];
  const text = JSON.stringify(metadata) ?? '';
  if (text.length > maxMetadataLength) return fault(`may have ${maxMetadataLength} characters as JSON.`);
  if (text.includes('\\u0000')) return fault('may not contain the character U+0000.');
  const name = findContent(metadata);
  return name === null ? [] : fault(`must not hold content of the page, as ${JSON.stringify(name)} does.`);
}

/** Name of the first member that holds content, by its name or by its value. */
function findContent(value: unknown, name = 'a value'): string | null {
  if (typeof value === 'string') return markup.test(value) || /^data:./i.test(value) ? name : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [member, inner] of Object.entries(value)) {
    if (!Array.isArray(value) && contentName.test(member)) return member.slice(0, 80);
    const found = findContent(inner, Array.isArray(value) ? name : member.slice(0, 80));
    if (found !== null) return found;
  }
  return null;
}
