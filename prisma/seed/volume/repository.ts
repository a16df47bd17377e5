/** A repository of another product: two years of pushes, builds and documents. */
import { addDays, firstDay } from '../calendar.js';
import type { BuildStory, CommitStory, DocumentStory, FactType, FeatureStory, RepositoryStory } from '../chapter.js';
import type { PersonName } from '../story/company.js';
import type { Random } from './random.js';
import { requirementsOf } from './requirements.js';
import { demands, subjects } from './vocabulary.js';

export interface Product {
  readonly fullName: string;
  readonly name: string;
  readonly purpose: string;
  readonly number: number;
}

const pushes = 40;
const storyDays = 724;
const developers: readonly PersonName[] = ['jana', 'amira', 'tomas'];

export function repositoryOf({ fullName, name, purpose, number }: Product, random: Random): RepositoryStory {
  const days = Array.from({ length: pushes }, (_, index) =>
    addDays(firstDay, Math.floor((index * storyDays) / (pushes - 1))),
  );
  const builds = buildsOf(days, random);
  const documents = documentsOf(days, random);
  return {
    fullName,
    name,
    intendedUse: `Part of Meridian's devices: it ${purpose}.`,
    regulatoryContext: random.of([
      'IEC 62304 class B, EU MDR Annex I',
      'IEC 62304 class C, EU MDR Annex I',
      'IEC 62304 class A',
    ]),
    version: `${1 + random.below(3)}.${random.below(9)}.0`,
    risk: random.of(['HIGH', 'MEDIUM', 'LOW']),
    lead: random.of(developers),
    registeredOn: firstDay,
    githubRepoId: 9_300_000 + number,
    commits: commitsOf(days, random),
    requirements: requirementsOf(days, random),
    strays: [],
    project: {
      name,
      description: `${name}: ${purpose}.`,
      createdOn: addDays(firstDay, 1),
      status: 'building',
      questionnaire: { audience: random.of(['wards', 'pharmacies', 'technicians']), languages: ['en', 'de'] },
      stack: ['TypeScript on Node 20', 'PostgreSQL 17'],
      boundaries: [['src/**', 'test/**', 'nothing that ships depends on tests']],
      surface: ['GET /devices', 'GET /devices/{id}', 'POST /devices/{id}/commands'],
      builds,
    },
    documents,
    features: featuresOf(name, days, documents, random),
  };
}

function commitsOf(days: readonly string[], random: Random): CommitStory[] {
  let isToRemedy = false;
  return days.map((on, index): CommitStory => {
    const by = random.of(developers);
    const subject = random.of(subjects);
    if (isToRemedy) {
      isToRemedy = false;
      return { on, by: 'tomas', message: `Tests of the ${subject}` };
    }
    if (index > 0 && index % 10 === 0) return { on, by, message: `Release ${Math.floor(index / 10)}.0.0` };
    const message = `${random.of(['Check', 'Show', 'Record', 'Simplify', 'Limit'])} the ${subject}`;
    isToRemedy = random.chance(12);
    const file = `src/${subject.replaceAll(' ', '-')}/part-1.ts`;
    if (isToRemedy) return { on, by, message, checks: { T1: ['FAIL', `${file} changed without a test`] } };
    if (random.chance(8))
      return { on, by, message, checks: { P1: ['WARN', 'GET /devices/{id}/log is not in the contract'] } };
    return { on, by, message };
  });
}

function buildsOf(days: readonly string[], random: Random): BuildStory[] {
  return Array.from({ length: 12 }, (_, index): BuildStory => {
    const subject = random.of(subjects);
    const failed = random.chance(10);
    const steps = Array.from({ length: 32 }, (__, step): BuildStory['log'][number] => {
      const file = `src/${random.of(subjects).replaceAll(' ', '-')}/part-${1 + (step % 2)}.ts`;
      if (step % 9 === 8) return ['audit', 'warn', `${file} has no test yet`];
      if (step % 4 === 3) return ['builder', 'debug', `Step ${step + 1} of 32 took ${1 + random.below(90)} s`];
      return ['builder', 'info', `${random.of(['Writing', 'Reading', 'Testing'])} ${file}`];
    });
    return {
      phase: `Phase ${index}: ${subject}`,
      on: days[index * 3 + 2] ?? '',
      status: failed ? 'failed' : 'completed',
      minutes: 20 + random.below(160),
      loops: 1 + random.below(4),
      log: steps,
      ...(failed && { error: `The ${subject} could not be tested on the bench.` }),
    };
  });
}

const factTypes: readonly FactType[] = ['requirement', 'acceptance_criteria', 'constraint', 'edge_case', 'bug'];

function documentsOf(days: readonly string[], random: Random): DocumentStory[] {
  return Array.from({ length: 20 }, (_, index): DocumentStory => {
    const type = random.of(['csv', 'md', 'yaml', 'json'] as const);
    // A document says each thing once.
    const facts = demands.map(([, text], fact): DocumentStory['facts'][number] => [
      random.of(factTypes),
      text.replaceAll('%', random.of(subjects)),
      { section: String(fact + 1) },
    ]);
    return {
      filename: `notes-${String(index + 1).padStart(2, '0')}.${type}`,
      type,
      on: days[index * 2] ?? '',
      by: random.of(developers),
      bytes: 2_000 + random.below(400_000),
      stage: 'done',
      facts,
    };
  });
}

function featuresOf(
  name: string,
  days: readonly string[],
  documents: readonly DocumentStory[],
  random: Random,
): FeatureStory[] {
  return documents.map(({ filename }, index): FeatureStory => {
    const on = days[index * 2] ?? '';
    const confidence = (50 + random.below(45)) / 100;
    return {
      name: `${name}: ${subjects[index] ?? ''}`,
      description: `What the ${name.toLowerCase()} does about the ${subjects[index] ?? ''}.`,
      confidence,
      on,
      status: confidence >= 0.75 ? 'confirmed' : 'candidate',
      tags: [random.of(['safety', 'service', 'display', 'record'])],
      evidence: Array.from(
        { length: 4 },
        (_, fact) =>
          [
            filename,
            fact * 2,
            random.of(['implements', 'supports', 'constrains'] as const),
            (40 + random.below(60)) / 100,
          ] as const,
      ),
      outputs: ['story'],
    };
  });
}
