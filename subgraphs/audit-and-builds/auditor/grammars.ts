/** The readers of all languages, with their grammars loaded. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import treeSitter, { type Parser as ParserType, type Query } from '@vscode/tree-sitter-wasm';
import type { ReadSource } from '../domain/audit/index.js';
import { languageOf, type Language } from '../domain/audit/sources/facts.js';
import { createGoReader, createRustReader } from '../domain/audit/sources/go-and-rust.js';
import { createPythonReader } from '../domain/audit/sources/python.js';
import { readScript } from '../domain/audit/sources/script.js';

const folder = dirname(createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm'));

/** Once a thread: the grammars stay. */
export async function loadReaders(): Promise<ReadSource> {
  await treeSitter.Parser.init({ locateFile: (name: string) => join(folder, name) });
  const [python, go, rust] = await Promise.all([
    loadReader('python', createPythonReader),
    loadReader('go', createGoReader),
    loadReader('rust', createRustReader),
  ]);
  const readers: Readonly<Record<Language, ReadSource>> = {
    script: readScript,
    python: (_path, content) => python.read(content),
    go: (_path, content) => go.read(content),
    rust: (_path, content) => rust.read(content),
  };
  return (path, content) => readers[languageOf(path) ?? 'script'](path, content);
}

async function loadReader<Reader>(
  name: string,
  create: (parser: ParserType, makeQuery: (source: string) => Query) => Reader,
): Promise<Reader> {
  const language = await treeSitter.Language.load(join(folder, `tree-sitter-${name}.wasm`));
  const parser = new treeSitter.Parser();
  parser.setLanguage(language);
  return create(parser, (source) => new treeSitter.Query(language, source));
}
