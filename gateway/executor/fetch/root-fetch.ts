/** A fetch of root fields: what it answers is merged into the root of the data. */
import type { ExecutionResult } from 'graphql';
import { collectObjects, locateObjects, toDataPath } from './data-path.js';
import { mergeObject } from './merge.js';
import type { FetchNode, PathSegment } from '../plan/plan-nodes.js';
import type { Run } from '../run.js';
import type { JsonObject } from '../plan/selection-tree.js';
import { AnswerRewrites, isJsonObject, SubgraphFetch, type PlanEnvironment } from './subgraph-fetch.js';

/** Does one node of a plan; a promise only when a transport needed one. */
export type PlanStep = (run: Run) => void | Promise<void>;

export function compileRootFetch(node: FetchNode, environment: PlanEnvironment): PlanStep {
  const fetch = new SubgraphFetch(node, environment, false);
  const mergeAnswer = createRootMerge(fetch, node, environment);
  return (run) =>
    fetch.send(
      run,
      fetch.variablesOf(run),
      (answer) => mergeAnswer(run, answer),
      (error) => failRootFetch(fetch, run, error),
    );
}

/**
 * A fetch of root fields for objects below the root: a payload may hand out `Query` again, and what is selected of it
 * stands in another subgraph. It is asked once, whatever their number.
 */
export function compileNestedRootFetch(
  path: readonly PathSegment[],
  node: FetchNode,
  environment: PlanEnvironment,
): PlanStep {
  const fetch = new SubgraphFetch(node, environment, false);
  const dataPath = toDataPath(path);
  const { satisfies } = environment;
  const rewrites = new AnswerRewrites(fetch.tree, node.outputRewrites, satisfies);
  const [firstKey = '__typename'] = rewrites.tree.keys;
  const places = (run: Run) => locateObjects(run.data, dataPath, satisfies);
  return (run) => {
    const targets: JsonObject[] = [];
    collectObjects(run.data, dataPath, targets, satisfies);
    if (targets.length === 0) return;
    const markFailed = () => targets.forEach((target) => run.markFailed(target, rewrites.tree.keys));
    return fetch.send(
      run,
      fetch.variablesOf(run),
      ({ data, errors }) => {
        const callerErrors = fetch.errorsOf(run);
        for (const error of errors ?? []) {
          const below = rewrites.rewritePath(error.path ?? [firstKey]);
          for (const { at } of places(run)) run.errors.push(callerErrors.ofAnswer(error, [...at, ...below]));
        }
        if (!isJsonObject(data)) {
          if (!errors?.length) throw new Error('the answer has neither data nor errors');
          markFailed();
          return;
        }
        const answer = rewrites.apply(data, false);
        for (const target of targets) mergeObject(rewrites.tree, target, answer, false, fetch.vagueNames);
      },
      (error) => {
        const [first] = places(run);
        run.errors.push(fetch.errorsOf(run).ofFailure(error, [...(first?.at ?? []), firstKey]));
        markFailed();
      },
    );
  };
}

/** Also merges the events of a subscription. */
export function createRootMerge(
  fetch: SubgraphFetch,
  node: Pick<FetchNode, 'outputRewrites'>,
  environment: PlanEnvironment,
): (run: Run, answer: ExecutionResult) => void {
  const rewrites = new AnswerRewrites(fetch.tree, node.outputRewrites, environment.satisfies);
  const fresh = fetch.transport.freshAnswers === true;
  return (run, { data, errors }) => {
    if (errors?.length) {
      const callerErrors = fetch.errorsOf(run);
      for (const error of errors) {
        run.errors.push(
          callerErrors.ofAnswer(error, rewrites.rewritePath(error.path ?? rewrites.tree.keys.slice(0, 1))),
        );
      }
    }
    if (isJsonObject(data)) {
      mergeObject(rewrites.tree, run.data, rewrites.apply(data, fresh), rewrites.isOwn(fresh), fetch.vagueNames);
    } else if (errors?.length) run.markFailed(run.data, rewrites.tree.keys);
    else throw new Error('the answer has neither data nor errors');
  };
}

function failRootFetch(fetch: SubgraphFetch, run: Run, error: unknown): void {
  run.errors.push(fetch.errorsOf(run).ofFailure(error, fetch.tree.keys.slice(0, 1)));
  run.markFailed(run.data, fetch.tree.keys);
}
