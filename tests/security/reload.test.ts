import { expect, test } from '@jest/globals';
import { createReloadableExecutor } from '../../gateway/index.js';
import { createGraph, startGateway, transports } from './graph/index.js';

const silent = { info: () => undefined, error: () => undefined };

test('after a reload the new supergraph’s protection counts, and one whose protection is not known is refused', async () => {
  const [plain, renamed] = [createGraph(), createGraph({ renamed: true })];
  let sdl = plain.supergraphSdl;
  const executor = await createReloadableExecutor({
    load: () => Promise.resolve(sdl),
    create: (loaded) => createGraph({ sdl: loaded, renamed: loaded === renamed.supergraphSdl }),
    log: silent,
  });
  const gateway = await startGateway({ executor });
  const query = '{ hello me { name } }';
  const refused = { data: { hello: 'hello world', me: null } };
  expect((await transports.POST(gateway, { query })).results).toMatchObject([refused]);

  sdl = renamed.supergraphSdl;
  expect(await executor.reload()).toBe('replaced');
  expect((await transports.POST(gateway, { query })).results).toMatchObject([refused]);
  const { results } = await transports.POST(gateway, { query }, await gateway.mint.mint());
  expect(results).toEqual([{ data: { hello: 'hello world', me: { name: 'Ada' } } }]);

  sdl = sdl.replace('specs.apollo.dev/requiresScopes/', 'specs.apollo.dev/policy/');
  expect(await executor.reload()).toBe('refused');
  expect((await transports.POST(gateway, { query })).results).toMatchObject([refused]);
  await gateway.close();
  await Promise.all([plain.dispose(), renamed.dispose()]);
});
