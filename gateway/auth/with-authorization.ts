/** Puts authorization in front of an executor: what the caller may not see is never planned, fetched or answered. */
import {
  print,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import { selectOperation } from '../executor/operation/operation-checks.js';
import { mapAnswers } from '../executor/answer/map-answers.js';
import { fragmentsOf } from '../executor/plan/selection-tree.js';
import type { Shield } from '../executor/operation/shield.js';
import type { GraphQLOperation, SupergraphExecutor } from '../executor/types.js';
import { Access } from './access.js';
import { satisfies, type Clause } from './clause.js';
import { createShield } from './create-shield.js';
import { filterOperation } from './filter-operation.js';
import { readRequirements, type Requirements } from './requirements.js';
import { compileRestore, type RestoreAnswer } from './restore-response.js';
import { touchedClauses } from './touched-clauses.js';

/** An operation as one kind of caller gets it. */
interface FilteredOperation {
  /** Null: nothing is left to execute. */
  readonly executed: { readonly document: DocumentNode; readonly source: string } | null;
  readonly restore: RestoreAnswer;
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** The clauses of a document, and what was made of it for each set of them that holds. Lives as long as the document. */
interface Protection {
  readonly clauses: readonly Clause[];
  readonly filtered: Map<string, FilteredOperation>;
}

/** Different sets of grants for one document; a product has a handful of roles. */
const maxKindsOfCallers = 100;

/** Throws StartupError when the supergraph asks for protection that this gateway does not give. */
export function withAuthorization(executor: SupergraphExecutor): SupergraphExecutor {
  let guard = new Guard(executor.apiSchema, executor.supergraphSdl);
  const current = () => {
    // A reload changes both; documents prepared for the old supergraph are forgotten with it.
    if (guard.supergraphSdl !== executor.supergraphSdl) guard = new Guard(executor.apiSchema, executor.supergraphSdl);
    return guard;
  };

  return {
    get apiSchema() {
      return executor.apiSchema;
    },
    get supergraphSdl() {
      return executor.supergraphSdl;
    },
    execute(operation) {
      const filtered = current().filter(operation);
      if (filtered === null) return executor.execute(operation);
      if (filtered.executed === null) return restored(filtered, operation, { data: {} });
      const result = executor.execute({ ...operation, ...filtered.executed });
      return result instanceof Promise
        ? result.then((answer) => restored(filtered, operation, answer))
        : restored(filtered, operation, result);
    },
    executeIncrementally(operation) {
      // Parts are put together below: what is missing from them is said there, part by part.
      return executor.executeIncrementally({ ...operation, shield: current().shield(operation) ?? undefined });
    },
    async subscribe(operation) {
      const filtered = current().filter(operation);
      if (filtered === null) return executor.subscribe(operation);
      if (filtered.executed === null) {
        // The one field of the subscription is not for this caller: there is no stream, and so no data.
        return { errors: restored(filtered, operation, { data: {} }).errors ?? [] };
      }
      const events = await executor.subscribe({ ...operation, ...filtered.executed });
      if (!(Symbol.asyncIterator in events)) return events;
      return mapAnswers(events, (event) => restored(filtered, operation, event));
    },
    dispose: () => executor.dispose(),
  };
}

class Guard {
  readonly supergraphSdl: string;
  readonly #schema: GraphQLSchema;
  readonly #requirements: Requirements;
  readonly #protections = new WeakMap<DocumentNode, Protection>();

  constructor(schema: GraphQLSchema, supergraphSdl: string) {
    this.#schema = schema;
    this.supergraphSdl = supergraphSdl;
    this.#requirements = readRequirements(supergraphSdl);
  }

  /** Null when the caller may see all that the operation asks for. */
  filter({ document, source, operationName, context }: GraphQLOperation): FilteredOperation | null {
    const { protection, grants } = this.#grants(document, context.identity);
    if (protection === null) return null;
    const { filtered } = protection;
    const key = `${grants} ${operationName ?? ''}`;
    let result = filtered.get(key);
    if (result === undefined) {
      const access = new Access(this.#schema, this.#requirements, grantsOf(context.identity));
      result = compileFiltered(this.#schema, access, { document, source, operationName });
      if (filtered.size >= maxKindsOfCallers) filtered.clear();
      filtered.set(key, result);
    }
    return result;
  }

  /** As {@link filter}, for who plans and shapes the operation itself. */
  shield({ document, source, context }: GraphQLOperation): Shield | null {
    const { protection, grants } = this.#grants(document, context.identity);
    if (protection === null) return null;
    const access = new Access(this.#schema, this.#requirements, grantsOf(context.identity));
    return createShield({ schema: this.#schema, access, typenameKey: typenameKeyFor(source) }, grants);
  }

  /** No protection when every clause that the document touches holds for the caller. */
  #grants(document: DocumentNode, identity: Identity): { protection: Protection | null; grants: string } {
    if (this.#requirements.isEmpty) return { protection: null, grants: '' };
    let protection = this.#protections.get(document);
    if (protection === undefined) {
      protection = { clauses: touchedClauses(this.#schema, this.#requirements, document), filtered: new Map() };
      this.#protections.set(document, protection);
    }
    const grants = protection.clauses.map((clause) => (satisfies(identity, clause) ? '1' : '0')).join('');
    return { protection: grants.includes('0') ? protection : null, grants };
  }
}

function compileFiltered(
  schema: GraphQLSchema,
  access: Access,
  { document, source, operationName }: Pick<GraphQLOperation, 'document' | 'source' | 'operationName'>,
): FilteredOperation {
  const operation = selectOperation(document, operationName);
  const fragments = fragmentsOf(document);
  const typenameKey = typenameKeyFor(source);
  const executed = filterOperation({ schema, access, fragments, typenameKey }, operation);
  return {
    executed: executed === null ? null : { document: executed, source: print(executed) },
    restore: compileRestore({ schema, access, fragments, typenameKey }, operation),
    defaults: booleanDefaults(operation),
  };
}

function typenameKeyFor(source: string): string {
  let typenameKey = '_weft_typename';
  while (source.includes(typenameKey)) typenameKey += '_';
  return typenameKey;
}

/** Remembers the answers: the filter asks again for every field. */
function grantsOf(identity: Identity): (clause: Clause) => boolean {
  const known = new Map<string, boolean>();
  return (clause) => {
    let holds = known.get(clause.key);
    if (holds === undefined) known.set(clause.key, (holds = satisfies(identity, clause)));
    return holds;
  };
}

function restored(
  { restore, defaults }: FilteredOperation,
  { variables, context }: GraphQLOperation,
  result: ExecutionResult,
): ExecutionResult {
  if (result.data == null) return result;
  const { data, errors } = restore(result.data, { ...defaults, ...variables }, context.identity);
  return errors.length === 0 ? { ...result, data } : { ...result, data, errors: [...(result.errors ?? []), ...errors] };
}

/** Of the variables that `@skip` and `@include` may read. */
function booleanDefaults(operation: OperationDefinitionNode): Record<string, unknown> {
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue?.kind === 'BooleanValue') defaults[variable.name.value] = defaultValue.value;
  }
  return defaults;
}
