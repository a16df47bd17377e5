/** Attempts as they mostly go. */
import type { AttemptStory } from '../../chapter.js';
import { people, type PersonName } from '../company.js';

/** An agent reads a document and fills in a form. */
export function documentOf(agent: string, on: string): AttemptStory {
  return { by: agent, model: 'extract-small', on, minutes: 1, tokens: [812, 64] };
}

/** An agent writes a summary of what it finds in the graph. */
export function summaryOf(on: string): AttemptStory {
  return { by: 'report-agent', model: 'summary-large', on, minutes: 3, tokens: [6_420, 910] };
}

/** A person does it. */
export function handOf(person: PersonName, on: string, minutes = 90): AttemptStory {
  return { by: people[person].subject, on, minutes };
}
