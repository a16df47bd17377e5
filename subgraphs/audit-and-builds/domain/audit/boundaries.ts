/** A4: no import that the `boundaries` contract forbids. */
import picomatch from 'picomatch';
import { ContractError, isMembers, readContract, toTexts } from './contract.js';
import { listImports } from './imports.js';
import { toDetail, type AuditSubject, type Check } from './types.js';

interface Rule {
  readonly from: (path: string) => boolean;
  readonly to: (target: string) => boolean;
  readonly except: (target: string) => boolean;
  readonly because: string;
}

const options = { dot: true } as const;

function toRule(value: unknown, index: number): Rule {
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

export const boundariesCheck: Check = {
  code: 'A4',
  name: 'Boundaries',
  run({ files, boundaries }: AuditSubject) {
    if (boundaries === null) return { result: 'WARN', detail: 'There is no boundaries contract.' };
    const contract = readContract(boundaries, ['forbidden']);
    if (contract === null) return { result: 'WARN', detail: 'The boundaries contract forbids no import.' };
    const given = contract['forbidden'];
    if (!Array.isArray(given)) throw new ContractError('forbidden must be a list.');
    const rules = given.map(toRule);
    const paths = new Set(files.map(({ path }) => path));
    const broken = files.flatMap((file) => {
      const applying = rules.filter((rule) => rule.from(file.path));
      if (applying.length === 0) return [];
      return listImports(file, paths).flatMap(({ line, target }) =>
        applying
          .filter((rule) => rule.to(target) && !rule.except(target))
          .map((rule) => `${file.path}:${line} imports ${target}${rule.because === '' ? '' : `: ${rule.because}`}`),
      );
    });
    return { result: broken.length === 0 ? 'PASS' : 'FAIL', detail: toDetail(broken) };
  },
};
