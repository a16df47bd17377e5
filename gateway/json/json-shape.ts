/**
 * Measures JSON before it is parsed: a body of 16 MB that is nothing but brackets becomes eight million arrays, and holds
 * the event loop for seconds in the parser, in the collector and in whoever walks them.
 */
import { limitExceeded } from '../limits/index.js';

/** Above what variables may be nested (see `nesting.ts`), with what stands around them; the exact limit names the operation. */
const maxDepth = 200;
/** Objects and lists. A scan of 10,000 artifacts has about 20,000. */
const maxContainers = 200_000;
/** Values of all kinds. A hundred vectors of 3,072 numbers have 307,200. */
const maxValues = 2_000_000;

const quote = 0x22;
const backslash = 0x5c;

/** Throws LIMIT_EXCEEDED. Whether it is JSON at all is for the parser to say. One pass; texts are leapt over. */
export function checkJsonShape(bytes: Buffer): void {
  let depth = 0;
  let containers = 0;
  let commas = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    switch (bytes[i]) {
      case quote:
        i = endOfText(bytes, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        containers += 1;
        if (depth > maxDepth) throw limitExceeded('nesting', null, maxDepth);
        if (containers > maxContainers) throw limitExceeded('containers', null, maxContainers);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        commas += 1;
        if (commas > maxValues) throw limitExceeded('values', null, maxValues);
        break;
      default:
    }
  }
}

/** Position of the quotation mark that ends the text begun at `start`; the end of the bytes when there is none. */
function endOfText(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(quote, start + 1); end >= 0; end = bytes.indexOf(quote, end + 1)) {
    let before = end - 1;
    while (bytes[before] === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return bytes.length;
}
