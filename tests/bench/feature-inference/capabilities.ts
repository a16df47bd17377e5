/** Forty capabilities of eight products, each told by an API, a story, a ticket and a screen, in words of their own. */
import { readFileSync } from 'node:fs';
import type { EvidenceFact } from '../../../subgraphs/evidence-and-features/domain/evidence-fact.js';
import { packagePath } from '../../../subgraphs/kernel/config/index.js';

export interface LabelledFact extends EvidenceFact {
  /** What it belongs to. */
  readonly capability: string;
}

export interface Product {
  readonly name: string;
  readonly capabilities: number;
  /** API, stories, tickets, screens. */
  readonly documents: readonly (readonly LabelledFact[])[];
  /** Of every two products one was not looked at while thresholds were chosen. */
  readonly isHeldOut: boolean;
}

export function readProducts(): Product[] {
  const path = packagePath('tests', 'bench', 'feature-inference', 'labelled.txt');
  const [, ...parts] = readFileSync(path, 'utf8').split(/^%%% /m);
  return parts.map((part, at) => toProduct(part, at % 2 === 1));
}

function toProduct(part: string, isHeldOut: boolean): Product {
  const [name = '', ...lines] = part.trim().split('\n');
  const told = lines.map((line, number) => toFacts(line, number));
  const of = (kind: keyof (typeof told)[number]): LabelledFact[] => told.flatMap((facts) => facts[kind]);
  return {
    name,
    capabilities: lines.length,
    isHeldOut,
    documents: [of('api'), of('story'), of('ticket'), of('screen')],
  };
}

function toFacts(line: string, number: number): Record<'api' | 'story' | 'ticket' | 'screen', LabelledFact[]> {
  const [capability = '', path = '', operations = '', role = '', want = '', criteria = '', ticket = '', screen = ''] =
    line.split(' | ').map((cell) => cell.trim());
  const list = (cell: string): string[] => cell.split('; ');
  const fact = (
    id: string,
    type: EvidenceFact['type'],
    content: string,
    rawData: Record<string, unknown>,
  ): LabelledFact => ({
    id: `${capability} ${id}`,
    type,
    content,
    rawData,
    capability,
  });
  const item = {
    item_id: `US-${number + 1}`,
    item_title: '',
    headings: ['Stories', `US-${number + 1}`],
    document_title: 'Stories',
  };
  const key = `T-${number + 1}`;
  const [title = '', elements = ''] = screen.split(': ');
  return {
    api: list(operations).map((summary, n) =>
      fact(
        `api ${n}`,
        'endpoint',
        `${['GET', 'POST', 'DELETE'][n] ?? 'PUT'} ${path}: ${summary}\nResponses: 200 OK; 401 Unauthorized`,
        {
          method: ['GET', 'POST', 'DELETE'][n] ?? 'PUT',
          path: n === 0 ? path : `${path}/{id}`,
          tags: [],
          summary,
        },
      ),
    ),
    story: [
      fact('story', 'requirement', `As a ${role}, I want to ${want}`, {
        ...item,
        statement: `As a ${role}, I want to ${want}`,
      }),
      ...list(criteria).map((criterion, n) =>
        fact(`criterion ${n}`, 'acceptance_criteria', criterion, { ...item, statement: criterion }),
      ),
    ],
    ticket: [
      fact('ticket', 'requirement', `${key}: ${ticket}`, { ticket_key: key, summary: ticket, ticket_type: 'Story' }),
      fact('ticket criterion', 'acceptance_criteria', `${key} (${ticket}): it works as agreed on`, {
        ticket_key: key,
        criterion: 'it works as agreed on',
      }),
    ],
    screen: list(elements).map((element, n) =>
      fact(`screen ${n}`, 'ui_element', `${title}: ${element}`, {
        headings: [title],
        statement: `${title}: ${element}`,
      }),
    ),
  };
}
