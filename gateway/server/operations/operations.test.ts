import { describe, expect, jest, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { createContext } from '../../../tests/conformance/compose-fixture.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import type { IncrementalResult } from '../../executor/incremental/incremental-result.js';
import type { SupergraphExecutor } from '../../executor/types.js';
import { defaultLimits } from '../../limits/index.js';
import { createGatewayMetrics } from '../metrics.js';
import type { AdmittedOperation } from './admitted-operation.js';
import { Operations } from './operations.js';

describe('an operation whose parts come after its time', () => {
  test('lets go what they hold', async () => {
    jest.useFakeTimers();
    try {
      let answer = (_late: IncrementalResult): void => undefined;
      const executor = {
        apiSchema: buildSchema('type Query { a: Int }'),
        executeIncrementally: () => new Promise((resolve) => (answer = resolve)),
      } as unknown as SupergraphExecutor;
      const operations = new Operations({
        executor,
        limits: defaultLimits,
        trustedDocuments: null,
        anonymousIntrospection: true,
        timeLimitMilliseconds: 10,
        metrics: createGatewayMetrics({ process: false }),
      });
      const operation = operations.admit({ query: '{ a }' }, Identity.anonymous) as AdmittedOperation;
      const abort = jest.fn();
      const told = operations.executeIncrementally(operation, { ...createContext(), abort }, 'all');
      await jest.advanceTimersByTimeAsync(2_000);
      expect(await told).toMatchObject({ errors: [{ extensions: { code: 'TIMEOUT' } }] });
      expect(abort).toHaveBeenCalled();
      const end = jest.fn(() => Promise.resolve({ done: true, value: undefined }));
      answer({
        initial: { data: {} },
        pending: [],
        updates: { return: end } as unknown as IncrementalResult['updates'],
      });
      await jest.advanceTimersByTimeAsync(0);
      expect(end).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
