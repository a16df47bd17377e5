/** A4: no import and no text that the `boundaries` contract forbids. */
import { posix } from 'node:path';
import picomatch from 'picomatch';
import { toRules, type OwnRule } from '../configuration.js';
import { ContractError, isMembers, readContract, toTexts } from '../contract.js';
import { linesOf } from '../line-of.js';
import type { Repository } from '../repository.js';
import type { Check, CheckInput } from '../check.js';
import type { AuditFile, Finding } from '../types.js';

/** Who may not import whom. */
interface ImportRule {
  readonly from: (path: string) => boolean;
  readonly to: (target: string) => boolean;
  readonly except: (target: string) => boolean;
  readonly because: string;
}

/** What may not stand in the files of a layer. */
interface Layer {
  readonly name: string;
  readonly holds: (path: string) => boolean;
  readonly forbidden: readonly OwnRule[];
}

const options = { dot: true } as const;

function toImportRule(value: unknown, index: number): ImportRule {
  const place = `forbidden[${index}]`;
  if (!isMembers(value)) throw new ContractError(`${place} must have from and to.`);
  const from = toTexts(value['from'], `${place}.from`);
  const to = toTexts(value['to'], `${place}.to`);
  if (from.length === 0 || to.length === 0) throw new ContractError(`${place} must have from and to.`);
  const except = toTexts(value['except'], `${place}.except`);
  const because = toTexts(value['because'], `${place}.because`).join(' ');
  return {
    from: picomatch(from, options),
    // A package is meant with everything inside it.
    to: picomatch([...to, ...to.filter((name) => !/[*?[{]/.test(name)).map((name) => `${name}/**`)], options),
    except: except.length === 0 ? () => false : picomatch(except, options),
    because,
  };
}

function toLayer(value: unknown, index: number): Layer {
  const place = `layers[${index}]`;
  if (!isMembers(value)) throw new ContractError(`${place} must have glob and forbidden.`);
  const globs = toTexts(value['glob'], `${place}.glob`);
  if (globs.length === 0) throw new ContractError(`${place} must have a glob.`);
  const name = toTexts(value['name'], `${place}.name`)[0] ?? globs[0] ?? '';
  return { name, holds: layerMatch(globs), forbidden: toRules(value, 'forbidden', place) };
}

/** As Python's fnmatch, whose `*` is any text, also across folders; and as a shell, where `**` stands for no folder, too. */
function layerMatch(globs: readonly string[]): (path: string) => boolean {
  const asShell = picomatch([...globs], options);
  const asFnmatch = picomatch(
    globs.map((glob) => glob.replace(/\*+/g, '**')),
    { ...options, bash: true },
  );
  return (path) => asShell(path) || asFnmatch(path);
}

/** Places of one pattern that are told of one file. */
const mostPlaces = 20;

export const boundariesCheck: Check = {
  code: 'A4',
  name: 'Boundaries',
  run({ files, repository, boundaries }: CheckInput) {
    if (boundaries === null) return remark('There is no boundaries contract.');
    const contract = readContract(boundaries, ['forbidden', 'layers']);
    if (contract === null) return remark('The boundaries contract forbids nothing that can be checked.');
    const { forbidden = [], layers = [] } = contract;
    if (!Array.isArray(forbidden)) throw new ContractError('forbidden must be a list.');
    if (!Array.isArray(layers)) throw new ContractError('layers must be a list.');
    const importRules = forbidden.map(toImportRule);
    const patternLayers = layers.map(toLayer);
    return {
      findings: [
        ...brokenImports(repository, importRules),
        ...files.flatMap((file) => forbiddenTexts(file, patternLayers)),
      ],
    };
  },
};

function remark(text: string) {
  return { findings: [], remark: { result: 'WARN', text } } as const;
}

function brokenImports(repository: Repository, rules: readonly ImportRule[]): Finding[] {
  if (rules.length === 0) return [];
  return repository.sources.flatMap((source) => {
    const { path, facts } = source;
    const applying = rules.filter((rule) => rule.from(path));
    if (applying.length === 0) return [];
    return facts.imports.flatMap((fact): Finding[] => {
      const found = repository.targetsOf(source, fact);
      const spoken = facts.language === 'python' ? fact.specifier.replaceAll('.', '/') : fact.specifier;
      const targets = found.length === 0 ? [spoken] : found;
      return applying.flatMap((rule) =>
        targets
          // A package of the repository itself is forbidden by its name, too.
          .filter((target) => [target, spoken].some((each) => rule.to(each)))
          .filter((target) => ![target, spoken].some((each) => rule.except(each)))
          .map((target) => ({
            rule: 'forbidden-import',
            severity: 'ERROR' as const,
            path,
            line: fact.line,
            message: `imports ${target}${rule.because === '' ? '' : `: ${rule.because}`}`,
          })),
      );
    });
  });
}

function forbiddenTexts({ path, content }: AuditFile, layers: readonly Layer[]): Finding[] {
  return layers.flatMap(({ name, holds, forbidden }) =>
    !holds(posix.normalize(path))
      ? []
      : forbidden.flatMap(({ pattern, reason }) => {
          return linesOf(content, pattern.find(content, mostPlaces)).map((line) => ({
            rule: 'forbidden-text',
            severity: 'ERROR' as const,
            path,
            line,
            message: `has what layer ${name} may not have, ${pattern.source}${reason === '' ? '' : `: ${reason}`}`,
          }));
        }),
  );
}
