/** The part of the punycode package that is used here: it ships without types. */
declare module 'punycode/punycode.es6.js' {
  /** `xn--bcher-kva.de` → `bücher.de`, label by label. Throws RangeError on a label that encodes nothing. */
  export function toUnicode(host: string): string;
}
