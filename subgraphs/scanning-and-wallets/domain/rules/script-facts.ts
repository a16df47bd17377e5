/** What a script's text gives away about its intentions, without running it. */

export interface ScriptFacts {
  /** Text that is decoded and then run. */
  readonly runsDecodedText: boolean;
  /** Mostly escape sequences, or names that a machine made: written not to be read. */
  readonly isObfuscated: boolean;
  /** Puts a command for a shell on the visitor's clipboard. */
  readonly plantsCommand: boolean;
}

/** Read of one page's scripts in all; a signal shows early or not at all. */
export const maxScriptLength = 1_000_000;

const runner =
  /\b(?:eval|Function|execScript)\s*\(|document\s*\.\s*write(?:ln)?\s*\(|\bset(?:Timeout|Interval)\s*\(\s*["'`]/;
const decoder = /\b(?:atob|unescape)\s*\(|\bfromCharCode\b|\bfromCodePoint\b/;
const packer = /eval\s*\(\s*function\s*\(\s*p\s*,\s*a\s*,\s*c\s*,\s*k/;
const escape = /\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|%u?[0-9a-fA-F]{2}/g;
const machineName = /\b_0x[0-9a-f]{3,8}\b/g;
const clipboard = /clipboard\s*\.\s*writeText|execCommand\s*\(\s*["']copy/;
const shell =
  /\b(?:powershell|mshta|cmd\s*\/c|cmd\.exe|rundll32|certutil|bash\s+-c|curl\s[^\n]{0,200}\|\s*(?:ba)?sh)\b/i;

export function readScript(text: string): ScriptFacts {
  const script = text.slice(0, maxScriptLength);
  const escaped = totalLength(script, escape);
  return {
    runsDecodedText: packer.test(script) || (runner.test(script) && decoder.test(script)),
    isObfuscated:
      (escaped >= 200 && escaped * 4 >= script.length) || count(script, machineName) >= 20 || isBracketCode(script),
    plantsCommand: clipboard.test(script) && shell.test(script),
  };
}

/** Programs of `[]()!+` alone. */
function isBracketCode(script: string): boolean {
  return script.length >= 200 && totalLength(script, /[[\]()!+]/g) * 10 >= script.length * 9;
}

function totalLength(script: string, pattern: RegExp): number {
  let length = 0;
  for (const match of script.matchAll(pattern)) length += match[0].length;
  return length;
}

function count(script: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of script.matchAll(pattern)) found += 1;
  return found;
}
