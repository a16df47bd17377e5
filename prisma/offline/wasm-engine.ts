/** Prisma's schema engine as WebAssembly, which comes from npm like any package, where the native one is a download. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { EngineArguments } from './engine-arguments.js';
import { createAdapterFactory } from './migration-adapter.js';

/** Its methods are those of the JSON-RPC protocol, by name. */
export type SchemaEngine = Readonly<
  Record<string, (parameters: unknown) => Promise<Record<string, unknown> | undefined>>
>;

interface EngineModule {
  readonly SchemaEngine: {
    new: (
      options: { datamodels?: [string, string][] },
      log: (line: string) => void,
      adapter: unknown,
    ) => Promise<SchemaEngine>;
  };
  readonly __wbg_set_wasm: (exports: WebAssembly.Exports) => void;
}

const require = createRequire(import.meta.url);
const entry = '@prisma/schema-engine-wasm/schema_engine_bg';

/** Where the engine leaves the text of a panic. */
export const panics = {
  message: '',
  get(): string {
    return this.message;
  },
  set_message(message: string): void {
    this.message = `RuntimeError: ${message}`;
  },
};

export function engineVersion(): string {
  const manifest = join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

export async function loadEngine({ datamodels, datasource }: EngineArguments): Promise<SchemaEngine> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  const module = (await import(entry)) as EngineModule;
  const binary = readFileSync(join(dirname(require.resolve(entry)), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(binary, {
    './schema_engine_bg.js': module as unknown as WebAssembly.ModuleImports,
  });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  const files = datamodels.map((path): [string, string] => [path, readFileSync(path, 'utf8')]);
  return module.SchemaEngine.new(
    files.length === 0 ? {} : { datamodels: files },
    () => undefined,
    createAdapterFactory(datasource),
  );
}
