/** W1: the surface of the API is what the `physics` contract says. */
import { ContractError, isMembers, readContract, toTexts, type Members } from './contract.js';
import { listSurface, operationName } from './surface.js';
import { toDetail, type AuditSubject, type Check } from './types.js';

const methods: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);

/** `paths` as OpenAPI has them, and `graphql` by root type: `{ Query: [repository] }`. */
function promised(contract: Members): Set<string> {
  const operations = new Set<string>();
  const { paths = {}, graphql = {} } = contract;
  if (!isMembers(paths)) throw new ContractError('paths must be an object of paths.');
  for (const [path, verbs] of Object.entries(paths)) {
    if (!isMembers(verbs)) throw new ContractError(`paths[${path}] must be an object of methods.`);
    for (const verb of Object.keys(verbs))
      if (methods.has(verb.toLowerCase())) operations.add(operationName(verb, path));
  }
  if (!isMembers(graphql)) throw new ContractError('graphql must be an object of Query, Mutation and Subscription.');
  for (const [type, fields] of Object.entries(graphql)) {
    for (const field of toTexts(fields, `graphql.${type}`)) operations.add(`${type}.${field}`);
  }
  return operations;
}

export const physicsCheck: Check = {
  code: 'W1',
  name: 'Surface against physics',
  run({ files, physics }: AuditSubject) {
    if (physics === null) return { result: 'WARN', detail: 'There is no physics contract.' };
    const contract = readContract(physics, ['paths', 'graphql']);
    if (contract === null) return { result: 'WARN', detail: 'The physics contract names no surface.' };
    const wanted = promised(contract);
    const found = listSurface(files);
    const missing = [...wanted].filter((operation) => !found.has(operation)).sort();
    const extra = [...found].filter((operation) => !wanted.has(operation)).sort();
    const detail = toDetail([
      ...missing.map((operation) => `${operation} is in the contract and not in the code`),
      ...extra.map((operation) => `${operation} is not in the contract`),
    ]);
    return { result: missing.length > 0 ? 'FAIL' : extra.length > 0 ? 'WARN' : 'PASS', detail };
  },
};
