/** Outputs as Markdown. Content may have come from elsewhere: what is not of the known shape is left out or shown as JSON. */
import { assertNever } from '../../kernel/errors/index.js';
import type { OutputType } from './output-content.js';

type Json = Readonly<Record<string, unknown>>;

const titles: Readonly<Record<OutputType, string>> = {
  epic: 'Epic',
  story: 'User stories',
  acceptance_criteria: 'Acceptance criteria',
  api_contract: 'API contract',
  requirements: 'Requirements',
};

export function toMarkdown(type: OutputType, content: unknown): string {
  if (!isObject(content)) return block('json', content);
  const title = typeof content['title'] === 'string' ? `${titles[type]}: ${inline(content['title'])}` : titles[type];
  const description = typeof content['description'] === 'string' ? [paragraphs(content['description'])] : [];
  const body = bodyOf(type, content).filter((part) => part !== '');
  return `${[`# ${title}`, ...description, ...(body.length === 0 ? [block('json', content)] : body)].join('\n\n')}\n`;
}

function bodyOf(type: OutputType, content: Json): string[] {
  switch (type) {
    case 'epic':
      return [
        section('Stories', list(content['stories'])),
        section('Acceptance criteria', list(content['acceptance_criteria'], '- [ ]')),
        section('API', list(content['api_contracts'])),
        section('Parts', list(content['parts'])),
      ];
    case 'story':
      return toList(content['stories']).map(story);
    case 'acceptance_criteria':
      return [list(content['criteria'], '- [ ]')];
    case 'api_contract':
      return [...toList(content['endpoints']).map(endpoint), section('Payloads', list(content['payloads']))];
    case 'requirements':
      return [
        section('Functional requirements', list(content['functional'], '1.')),
        section('Interfaces', list(content['interfaces'])),
        section('Constraints', list(content['constraints'])),
        section('Edge cases', list(content['edge_cases'])),
        section('Acceptance criteria', list(content['acceptance_criteria'], '- [ ]')),
        section('Known defects', list(content['known_defects'])),
      ];
    default:
      return assertNever(type);
  }
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function list(items: unknown, marker = '-'): string {
  return toList(items)
    .map((item) => {
      const kind =
        isObject(item) && typeof item['kind'] === 'string' && item['kind'] !== 'criterion' ? item['kind'] : null;
      return `${marker} ${kind === null ? '' : `**${inline(kind.replaceAll('_', ' '))}:** `}${sayItem(item)}`;
    })
    .join('\n');
}

function sayItem(item: unknown): string {
  if (!isObject(item)) return inline(typeof item === 'string' ? item : JSON.stringify(item));
  if (typeof item['method'] === 'string' && typeof item['path'] === 'string')
    return `${code(`${item['method']} ${item['path']}`)} ${inline(String(item['summary'] ?? ''))}`.trim();
  if (typeof item['text'] === 'string') return inline(item['text']);
  return inline(JSON.stringify(item));
}

function story(item: unknown): string {
  if (!isObject(item) || typeof item['i_want'] !== 'string') return `- ${sayItem(item)}`;
  const { as_a: asA, i_want: iWant, so_that: soThat, acceptance_criteria: criteria } = item;
  const title = heading(iWant.replace(/^to /, ''));
  const parts = [`## ${title}`];
  if (typeof asA === 'string') {
    const lines = [`**As a** ${inline(asA)}`, `**I want** ${inline(iWant)}`];
    if (typeof soThat === 'string') lines.push(`**so that** ${inline(soThat)}`);
    parts.push(lines.join('  \n'));
  } else if (title !== inline(iWant)) {
    parts.push(inline(iWant));
  }
  return [...parts, list(criteria, '- [ ]')].filter((part) => part !== '').join('\n\n');
}

function endpoint(item: unknown): string {
  if (!isObject(item) || typeof item['method'] !== 'string' || typeof item['path'] !== 'string')
    return `- ${sayItem(item)}`;
  const parts = [`## ${code(`${item['method']} ${item['path']}`)}`];
  if (typeof item['summary'] === 'string') parts.push(inline(item['summary']));
  if (typeof item['auth'] === 'string') parts.push(`Authentication: ${inline(item['auth'])}`);
  parts.push(`Request:\n\n${block('json', item['request'])}`, `Responses:\n\n${block('json', item['response'])}`);
  return parts.join('\n\n');
}

/** The beginning of a long sentence, at a word. */
function heading(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  const short = flat.length <= 80 ? flat : `${flat.slice(0, 80).replace(/\s+\S*$/, '')}…`;
  return inline(short);
}

/** One line in which nothing is Markdown or HTML: evidence comes from documents that anybody may have written. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>&#|~!]/g, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/^[-+=]/, '\\$&');
}

function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map(inline)
    .filter((part) => part !== '')
    .join('\n\n');
}

function code(text: string): string {
  return `\`${text.replace(/\s+/g, ' ').replaceAll('`', "'").trim()}\``;
}

/** Fenced with more backticks than any run inside. */
function block(language: string, value: unknown): string {
  const text = JSON.stringify(value ?? null, null, 2);
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
