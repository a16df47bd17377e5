/** P1: the surface of the API is what the `physics` contract says. */
import { contractPaths } from '../contract-files.js';
import { ContractError, isMembers, readContract, toTexts, type Members } from '../contract.js';
import { httpVerbs, listSurface, plainPath, type Operation } from '../surface/surface.js';
import type { Check, CheckInput } from '../check.js';
import type { Finding } from '../types.js';

interface Promised {
  readonly verb: string;
  readonly path: string;
}

const isHttp = (verb: string): boolean => httpVerbs.has(verb.toLowerCase()) || verb === '*';
const nameOf = ({ verb, path }: Promised): string => (isHttp(verb) ? `${verb} ${path}` : `${verb}.${path}`);

/** `paths` as OpenAPI has them, and `graphql` by root type: `{ Query: [repository] }`. */
function promisedBy(contract: Members): Promised[] {
  const promised = new Map<string, Promised>();
  const note = (operation: Promised): void => void promised.set(nameOf(operation), operation);
  const { paths = {}, graphql = {} } = contract;
  if (!isMembers(paths)) throw new ContractError('paths must be an object of paths.');
  for (const [path, verbs] of Object.entries(paths)) {
    if (!isMembers(verbs)) throw new ContractError(`paths[${path}] must be an object of methods.`);
    for (const verb of Object.keys(verbs)) {
      if (httpVerbs.has(verb.toLowerCase())) note({ verb: verb.toUpperCase(), path: plainPath(path) });
    }
  }
  if (!isMembers(graphql)) throw new ContractError('graphql must be an object of Query, Mutation and Subscription.');
  for (const [type, fields] of Object.entries(graphql)) {
    for (const field of toTexts(fields, `graphql.${type}`)) note({ verb: type, path: field });
  }
  return [...promised.values()];
}

/** Whether what is offered is what is promised, as far as its prefix is known. */
function isSame(offered: Operation, promised: Promised): boolean {
  if (offered.verb !== promised.verb && !(offered.verb === '*' && isHttp(promised.verb))) return false;
  if (offered.path.startsWith('…')) return promised.path.endsWith(offered.path.slice(1));
  return offered.path === promised.path || offered.pathWithoutBase === promised.path;
}

export const physicsCheck: Check = {
  code: 'P1',
  name: 'Surface against physics',
  run({ repository, physics }: CheckInput) {
    if (physics === null) return remark('There is no physics contract.');
    const contract = readContract(physics, ['paths', 'graphql']);
    if (contract === null) return remark('The physics contract names no surface.');
    const promised = promisedBy(contract);
    const offered = listSurface(repository, contractPaths(repository.paths));
    const exact = new Set(offered.map(nameOf));
    const loose = offered.filter(
      ({ verb, path, pathWithoutBase }) => verb === '*' || path.startsWith('…') || pathWithoutBase !== undefined,
    );
    const missing = promised.filter(
      (each) => !exact.has(nameOf(each)) && !loose.some((operation) => isSame(operation, each)),
    );
    const known = new Set(promised.map(nameOf));
    const extra = new Map<string, Operation>();
    for (const operation of offered) {
      if (known.has(nameOf(operation)) || promised.some((each) => loose.includes(operation) && isSame(operation, each)))
        continue;
      // A route for any method is a fallback more often than an operation.
      if (operation.verb !== '*' && !extra.has(nameOf(operation))) extra.set(nameOf(operation), operation);
    }
    return { findings: [...missing.map(toMissing), ...[...extra.values()].map(toExtra)].sort(byMessage) };
  },
};

function byMessage(a: Finding, b: Finding): number {
  return a.rule === b.rule ? (a.message < b.message ? -1 : 1) : a.severity === 'ERROR' ? -1 : 1;
}

function toMissing(operation: Promised): Finding {
  const message = `${nameOf(operation)} is in the contract and not in the code`;
  return { rule: 'missing-operation', severity: 'ERROR', path: null, line: null, message };
}

function toExtra(operation: Operation): Finding {
  const message = `${nameOf(operation)} is not in the contract`;
  return { rule: 'extra-operation', severity: 'WARNING', path: operation.file, line: operation.line, message };
}

function remark(text: string) {
  return { findings: [], remark: { result: 'WARN', text } } as const;
}
