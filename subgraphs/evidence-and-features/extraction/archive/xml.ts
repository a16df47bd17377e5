/** XML of office documents, element by element, without its namespaces; entities of its own are not expanded. */
import { Parser } from 'htmlparser2';
import { ExtractionError } from '../../domain/extracted-evidence.js';

export interface XmlHandler {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

const deepest = 500;

export function readXml(bytes: Uint8Array, handler: XmlHandler): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        depth += 1;
        if (depth > deepest) throw new ExtractionError('The file nests too deeply.');
        handler.open?.(localName(name), withoutPrefixes(attributes));
      },
      ontext: (text) => handler.text?.(text),
      onclosetag: (name) => {
        depth -= 1;
        handler.close?.(localName(name));
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(new TextDecoder().decode(bytes));
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** `w:val` → `val`; `r:id` keeps its prefix, since sheets have an `id` of another kind. */
function withoutPrefixes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.startsWith('r:') ? name : localName(name), value]),
  );
}
