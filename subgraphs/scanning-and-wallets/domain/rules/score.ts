/** Scores a page by the rules, and says why. */
import { rules, type Category, type Evidence, type Rule } from './rules.js';

/** Raised with every change of a rule, so that a stored score says by which rules it came about. */
export const rulesVersion = 'rules@1';

export interface Assessment {
  /** 0 (nothing speaks against the page) to 100. */
  readonly riskScore: number;
  /** Of the rules that applied, the weightiest first. */
  readonly categories: readonly Category[];
  /** `rule: what was found`, one for each rule that applied. */
  readonly indicators: readonly string[];
  readonly reasoning: string;
  readonly modelUsed: string;
  readonly analysisMetadata: {
    readonly rules: readonly { readonly name: string; readonly weight: number; readonly findings: number }[];
  };
}

const maxNamed = 3;
const maxFindingLength = 160;

interface Hit {
  readonly rule: Rule;
  readonly found: readonly string[];
}

/**
 * Each rule is taken as independent evidence of its weight: the score is the chance that at least one is right. So it grows
 * with every finding, never past 100, and many small findings weigh less than one grave one.
 */
export function scorePage(evidence: Evidence): Assessment {
  const hits = rules
    .map((rule): Hit => ({ rule, found: [...new Set(rule.find(evidence))] }))
    .filter((hit) => hit.found.length > 0)
    .sort((a, b) => b.rule.weight - a.rule.weight);
  const harmless = hits.reduce((rest, { rule }) => rest * (1 - rule.weight / 100), 1);
  const riskScore = Math.round((1 - harmless) * 100);
  return {
    riskScore,
    categories: [...new Set(hits.map(({ rule }) => rule.category))],
    indicators: hits.map(toIndicator),
    reasoning: toReasoning(riskScore, hits),
    modelUsed: rulesVersion,
    analysisMetadata: {
      rules: hits.map(({ rule, found }) => ({ name: rule.name, weight: rule.weight, findings: found.length })),
    },
  };
}

function toIndicator({ rule, found }: Hit): string {
  const named = found.slice(0, maxNamed).map((finding) => finding.slice(0, maxFindingLength));
  const rest = found.length - named.length;
  return `${rule.name}: ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function toReasoning(riskScore: number, hits: readonly Hit[]): string {
  if (hits.length === 0) return 'No rule found anything that speaks against the page.';
  const reasons = hits.map(({ rule }) => `${rule.reason} (weight ${rule.weight})`);
  return `Risk ${riskScore} of 100. ${reasons.join(' ')}`;
}
