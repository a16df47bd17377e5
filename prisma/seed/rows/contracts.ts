/** The ten contracts of a project: prose for people, and blocks that audits hold a push against. */
import type { RepositoryStory } from '../chapter.js';

export interface Contract {
  readonly type: string;
  readonly content: string;
}

export function contractsOf({
  fullName,
  intendedUse,
  regulatoryContext,
  requirements,
  project,
}: RepositoryStory): Contract[] {
  const { name, description, stack, boundaries, surface, builds } = project;
  const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
  const forbidden = boundaries.map(
    ([from, to, because]) => `  - from: ${from}\n    to: ${to}\n    because: ${because}`,
  );
  const texts: readonly (readonly [type: string, title: string, text: string])[] = [
    ['blueprint', 'Blueprint', `${description}\n\n${intendedUse}`],
    [
      'manifesto',
      'Manifesto',
      'Patients first: when in doubt, refuse and say why. Nothing is released that nobody could explain to an inspector.',
    ],
    ['stack', 'Stack', list(stack)],
    [
      'schema',
      'Schema',
      `Every record has an id, the time at which it was made, and who made it. Records of ${name} are never overwritten.`,
    ],
    ['physics', 'Physics', `\`\`\`yaml\npaths:\n${pathsOf(surface)}\n\`\`\``],
    ['boundaries', 'Boundaries', `\`\`\`yaml\nforbidden:\n${forbidden.join('\n')}\n\`\`\``],
    ['phases', 'Phases', list(builds.map(({ phase }) => phase))],
    ['ui', 'User interface', 'Values carry their unit wherever they are shown. A warning names what to do next.'],
    [
      'builder_contract',
      'Builder contract',
      `The builder works in ${fullName}, on branches, and never signs evidence. ${regulatoryContext} applies.`,
    ],
    [
      'builder_directive',
      'Builder directive',
      `Build what these demand:\n\n${list(requirements.map(({ id, title }) => `${id} ${title}`))}`,
    ],
  ];
  return texts.map(([type, title, text]) => ({ type, content: `# ${title} of ${name}\n\n${text}\n` }));
}

/** `POST /pumps` and `GET /pumps` under one path, as OpenAPI has them. */
function pathsOf(surface: readonly string[]): string {
  const byPath = new Map<string, string[]>();
  for (const operation of surface) {
    const [method = '', path = ''] = operation.split(' ');
    byPath.set(path, [...(byPath.get(path) ?? []), method.toLowerCase()]);
  }
  return [...byPath]
    .map(([path, methods]) => `  ${path}:\n${methods.map((method) => `    ${method}: {}`).join('\n')}`)
    .join('\n');
}
