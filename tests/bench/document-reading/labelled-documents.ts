/** Documents in ten styles, written for this, with every fact of them marked: `⟦r:The pump shall stop.⟧`. */
import { readdirSync, readFileSync } from 'node:fs';
import type { EvidenceType } from '../../../subgraphs/evidence-and-features/domain/evidence-types.js';
import { packagePath } from '../../../subgraphs/kernel/config/index.js';

export interface LabelledFact {
  readonly type: EvidenceType;
  readonly text: string;
}

export interface LabelledDocument {
  readonly style: string;
  readonly name: string;
  readonly text: string;
  readonly facts: readonly LabelledFact[];
  /** Every second document was not looked at while the rules were made. */
  readonly isHeldOut: boolean;
}

const types: Readonly<Record<string, EvidenceType>> = {
  r: 'requirement',
  a: 'acceptance_criteria',
  c: 'constraint',
  e: 'edge_case',
};

export function readLabelledDocuments(): LabelledDocument[] {
  const folder = packagePath('tests', 'bench', 'document-reading', 'labelled');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .flatMap((file) => {
      const [, ...parts] = readFileSync(`${folder}/${file}`, 'utf8').split(/^%%% /m);
      return parts.map((part, at) => {
        const end = part.indexOf('\n');
        return toDocument(file.replace('.txt', ''), part.slice(0, end), part.slice(end + 1), at % 2 === 1);
      });
    });
}

function toDocument(style: string, name: string, marked: string, isHeldOut: boolean): LabelledDocument {
  const facts = [...marked.matchAll(/⟦(\w):([^⟧]*)⟧/g)].map(([, type = '', text = '']) => {
    const known = types[type];
    if (known === undefined) throw new Error(`${style}, ${name}: no kind of fact is marked ${type}`);
    return { type: known, text };
  });
  return { style, name, facts, isHeldOut, text: marked.replace(/⟦\w:|⟧/g, '') };
}
