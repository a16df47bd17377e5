/** Requirements of a product with what traces to them, made of the vocabulary. */
import type { EvidenceStory, RequirementStory, SpecificationStory, UserStoryStory } from '../chapter.js';
import type { Random } from './random.js';
import { demands, designs, roles, subjects } from './vocabulary.js';

const count = 60;

/** `days` are those of the pushes: what is older came with an earlier one. */
export function requirementsOf(days: readonly string[], random: Random): RequirementStory[] {
  const first = random.below(subjects.length * demands.length);
  return Array.from({ length: count }, (_, index) => {
    // 7 has no factor in common with 320: no requirement comes twice.
    const choice = (first + index * 7) % (subjects.length * demands.length);
    return requirement(index, choice, days, random);
  });
}

function number(value: number): string {
  return String(value + 1).padStart(3, '0');
}

function requirement(index: number, choice: number, days: readonly string[], random: Random): RequirementStory {
  const subject = subjects[choice % subjects.length] ?? subjects[0];
  const [title, text] = demands[Math.floor(choice / subjects.length)] ?? demands[0];
  const push = Math.floor((index / count) * (days.length - 6));
  const isYoung = index > count * 0.9;
  const stories = isYoung && random.chance(40) ? 0 : 1 + random.below(2);
  const wording = capital(title.replace('%', subject));
  return {
    id: `REQ-${number(index)}`,
    title: wording,
    risk: random.of(['HIGH', 'HIGH', 'MEDIUM', 'MEDIUM', 'LOW']),
    status: isYoung ? 'IN_REVIEW' : random.of(['VALIDATED', 'VALIDATED', 'APPROVED']),
    since: dayOf(days, push),
    text: text.replaceAll('%', subject),
    criteria: [`The ${subject} is verified on three devices`, `A fault of the ${subject} is named in the log`],
    stories: Array.from({ length: stories }, (__, nth) =>
      userStory({ index, nth, subject, push }, wording, days, random),
    ),
  };
}

interface Place {
  readonly index: number;
  readonly nth: number;
  readonly subject: string;
  readonly push: number;
}

function userStory(place: Place, title: string, days: readonly string[], random: Random): UserStoryStory {
  const role = random.of(roles);
  return {
    id: `US-${number(place.index)}-${number(place.nth)}`,
    title: `${title}, for the ${role}`,
    as: role,
    want: `to rely on the ${place.subject}`,
    soThat: random.of([
      'no patient is harmed',
      'I need not check it by hand',
      'a shift can be handed over',
      'an inspector finds it',
    ]),
    since: dayOf(days, place.push + 1),
    specs: Array.from({ length: 1 + random.below(2) }, (_, nth) => specification(place, nth, days, random)),
  };
}

function specification(
  { index, nth: story, subject, push }: Place,
  nth: number,
  days: readonly string[],
  random: Random,
): SpecificationStory {
  const suffix = `${number(index)}-${story + 1}${nth + 1}`;
  const since = push + 2;
  const isProven = !random.chance(8);
  const evidence: EvidenceStory[] = [];
  if (isProven)
    evidence.push({
      id: `EV-${suffix}`,
      since: dayOf(days, since + 1 + random.below(3)),
      passed: 8 + random.below(90),
    });
  return {
    id: `SPEC-${suffix}`,
    title: `${capital(subject)}: ${random.of(['measurement', 'decision', 'display', 'record', 'fault handling'])}`,
    tier: random.of(['IQ', 'OQ', 'OQ', 'PQ']),
    design: random.of(designs),
    since: dayOf(days, since),
    files: [`src/${subject.replaceAll(' ', '-')}/part-${nth + 1}.ts`],
    evidence,
  };
}

function dayOf(days: readonly string[], index: number): string {
  return days[Math.min(index, days.length - 1)] ?? '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
