/** What the drug library must do: an artifact a line, nested as they trace. */
import type { RequirementStory } from '../../chapter.js';

// prettier-ignore
export const requirements: readonly RequirementStory[] = [
  { id: 'REQ-001', title: 'Lists are imported whole or not at all', risk: 'HIGH', status: 'VALIDATED', text: 'An import of a drug list with one faulty row changes nothing, and names every fault.', criteria: ['No list is half imported', 'Every faulty row is named with its reason'], stories: [
    { id: 'US-001-001', title: 'Import a drug list', as: 'pharmacist', want: 'to import the list of my hospital', soThat: 'pumps know the limits of our drugs', specs: [
      { id: 'SPEC-IMP-001', tier: 'OQ', title: 'Import in one transaction', since: '2025-02-25', design: 'Read and check every row first; write in one transaction.', files: ['src/import/read-list.ts', 'src/import/store-list.ts'], evidence: [{ id: 'EV-IMP-001', since: '2025-04-08', passed: 61 }] },
      { id: 'SPEC-IMP-002', tier: 'PQ', title: 'Lists of 20,000 rows', since: '2025-02-25', design: 'Rows are streamed; a list of 20,000 drugs is checked within ten seconds.', files: ['src/import/stream.ts'], evidence: [{ id: 'EV-IMP-002', since: '2025-05-13', passed: 4 }] },
    ] },
  ] },
  { id: 'REQ-002', title: 'Units are never assumed', since: '2025-07-09', risk: 'HIGH', status: 'VALIDATED', text: 'A row without a unit is a faulty row. No default unit exists anywhere.', criteria: ['A list without a unit column is refused', 'A row with an unknown unit is named'], rationale: 'INC-2025-07: rows without a unit were taken as milligrams.', reviewed: { on: '2025-07-21', by: 'petr', from: 'APPROVED', note: 'Closes action 1 of CAPA-2025-01.' }, stories: [
    { id: 'US-002-001', title: 'Be told of missing units', as: 'pharmacist', want: 'to be told which rows have no unit', soThat: 'I can complete the list before it is used', specs: [
      { id: 'SPEC-UNI-001', tier: 'OQ', title: 'Unit of every row', design: 'The unit is a required column; the table of known units has no default.', files: ['src/import/units.ts'], evidence: [{ id: 'EV-UNI-001', since: '2025-07-15', passed: 88, note: 'With the list of INC-2025-07' }] },
      { id: 'SPEC-UNI-002', tier: 'OQ', title: 'Plausible amounts', since: '2025-07-15', design: 'An amount a hundred times above or below what other hospitals use is flagged for a person.', files: ['src/import/plausible.ts'], evidence: [{ id: 'EV-UNI-002', since: '2025-07-22', passed: 35 }] },
    ] },
  ] },
  { id: 'REQ-003', title: 'Two people release a list', since: '2025-12-02', risk: 'HIGH', status: 'VALIDATED', text: 'A drug list reaches pumps only when two people have released it.', criteria: ['Nobody releases a list twice', 'The one who imported it does not count'], stories: [
    { id: 'US-003-001', title: 'Release a list', as: 'pharmacist', want: 'a colleague to look at the list before it is used', soThat: 'a slip of mine harms nobody', specs: [
      { id: 'SPEC-REL-001', tier: 'OQ', title: 'Four eyes', design: 'The database refuses a second release by the same person and one by the importer.', files: ['src/release/four-eyes.ts'], evidence: [{ id: 'EV-REL-001', since: '2026-01-27', passed: 29 }] },
    ] },
  ] },
  { id: 'REQ-004', title: 'Interactions are shown', since: '2026-05-12', risk: 'MEDIUM', status: 'IN_REVIEW', text: 'A prescription shows known interactions with the other drugs of the patient.', criteria: ['Severe interactions need an acknowledgement'], stories: [
    { id: 'US-004-001', title: 'See interactions', as: 'pharmacist', want: 'to see how a drug gets on with the others', soThat: 'I can choose another one', progress: 'IN_PROGRESS', specs: [
      { id: 'SPEC-INT-001', tier: 'OQ', title: 'Interaction lookup', design: 'Pairs are looked up by substance, not by product name.', files: ['src/interactions/lookup.ts'], evidence: [{ id: 'EV-INT-001', since: '2026-08-18', passed: 73 }, { id: 'EV-INT-001-2', since: '2026-10-20', passed: 70, failed: 3, edited: true, note: 'Second run' }] },
    ] },
  ] },
  { id: 'REQ-005', title: 'Earlier limits can be looked up', since: '2026-11-10', risk: 'LOW', status: 'DRAFT', text: 'The dose limits that were valid at any moment of the last ten years can be looked up.', criteria: ['A limit is never overwritten'], stories: [] },
];
