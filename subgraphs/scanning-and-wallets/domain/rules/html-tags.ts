/** Reads HTML as a stream of tags, in linear time whatever it is: a hostile page can't make it slow, and no tree is ever built. */
import { Tokenizer } from 'htmlparser2';

export type Attributes = ReadonlyMap<string, string>;

export interface TagHandler {
  /** Name in lower case; attributes by lower-case name, the first of a name counting. */
  readonly onOpen: (name: string, attributes: Attributes) => void;
  readonly onClose: (name: string) => void;
  /** Text, also of scripts, possibly in several pieces. */
  readonly onText: (text: string) => void;
}

/** Attributes read of one tag; more is no page that a person wrote. */
const maxAttributes = 100;

export function readTags(html: string, handler: TagHandler): void {
  let tag = '';
  let attributes = new Map<string, string>();
  let name = '';
  let value = '';
  const open = (): void => handler.onOpen(tag, attributes);
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (start, end) => {
        tag = html.slice(start, end).toLowerCase();
        attributes = new Map();
      },
      onattribname: (start, end) => {
        name = html.slice(start, end).toLowerCase();
        value = '';
      },
      onattribdata: (start, end) => void (value += html.slice(start, end)),
      onattribentity: (codePoint) => void (value += String.fromCodePoint(codePoint)),
      onattribend: () => {
        if (attributes.size < maxAttributes && !attributes.has(name)) attributes.set(name, value);
      },
      onopentagend: open,
      onselfclosingtag: open,
      onclosetag: (start, end) => handler.onClose(html.slice(start, end).toLowerCase()),
      ontext: (start, end) => handler.onText(html.slice(start, end)),
      ontextentity: (codePoint) => handler.onText(String.fromCodePoint(codePoint)),
      oncdata: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onprocessinginstruction: ignore,
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}

function ignore(): void {
  // Comments and declarations say nothing to a visitor.
}
