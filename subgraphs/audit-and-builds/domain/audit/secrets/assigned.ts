/** Secrets of no known form: what is assigned to a name that says password, token or key, and is hard to guess. */
import { entropyOf, isStandIn, type SuspectedSecret } from './suspected.js';

/** Group 1 the name, 2 or 3 the value: in quotes anywhere, bare in files of settings. */
const inQuotes =
  /([A-Za-z0-9_.-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|auth[-_]?key|private[-_]?key|credentials?)[A-Za-z0-9_-]{0,20})["'\]]{0,2}[ \t]{0,5}(?::[ \t]{0,5}[A-Za-z]{1,20}[ \t]{0,5}=|[:=]{1,2}>?)[ \t]{0,5}(?:[rbu]{0,2})(["'`])([^"'`\s]{6,300})\2/gi;
const bare =
  /^[ \t]{0,20}(?:export[ \t]+|-[ \t]+)?["']?([A-Za-z0-9_.-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|auth[-_]?key|private[-_]?key)[A-Za-z0-9_-]{0,20})["']?[ \t]{0,5}[:=]()[ \t]{0,5}([^\s"'`#,;]{8,300})[ \t]*$/gim;
const settings = /(?:^|\/)\.?env(?:\.[\w.-]+)?$|\.(?:env|ya?ml|properties|ini|cfg|conf|toml|tfvars)$/i;

/** Documents and patterns of settings show what a value looks like. */
const shows =
  /\.(?:mdx?|rst|adoc|txt|example|sample|template|dist|tmpl|tpl|snap|svg|csv)$|(?:^|\/)(?:docs?|examples?)\//i;

export function findAssignedSecrets(path: string, content: string): SuspectedSecret[] {
  if (shows.test(path)) return [];
  const found = [...content.matchAll(inQuotes), ...(settings.test(path) ? content.matchAll(bare) : [])];
  const suspected = found.flatMap((match): SuspectedSecret[] => {
    const [whole, name = '', , text = ''] = match;
    if (!isHardToGuess(name, text)) return [];
    const start = match.index + whole.lastIndexOf(text);
    return [
      { rule: 'assigned-secret', what: `what looks like the value of ${kindOf(name)}`, start, text, isCertain: false },
    ];
  });
  return [...new Map(suspected.map((each) => [each.start, each])).values()].sort((a, b) => a.start - b.start);
}

/** Never the name as it stands: it is text of the file. */
function kindOf(name: string): string {
  return /pass|pwd/i.test(name)
    ? 'a password'
    : /token/i.test(name)
      ? 'a token'
      : /key/i.test(name)
        ? 'a key'
        : 'a secret';
}

/** A password has a digit or sign among its letters; everything else is as random as 16 characters can be. */
function isHardToGuess(name: string, text: string): boolean {
  if (isStandIn(text) || isCode(text)) return false;
  if (
    /(?:_|\b)(?:id|name|url|uri|path|file|type|field|header|param|label|env|prefix|hash|expir\w*|length|count|limit|max|min)$/i.test(
      name,
    )
  )
    return false;
  if (/pass|pwd/i.test(name))
    return text.length <= 100 && /[a-z]/i.test(text) && /[\d!@#$%^&*+=?~]/.test(text) && entropyOf(text) >= 2.5;
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((each) => each.test(text)).length;
  const isHex = /^[0-9a-f]+$/i.test(text);
  return (
    text.length >= 16 &&
    (isHex ? text.length >= 32 && entropyOf(text) >= 3 : classes >= 2 && /\d/.test(text) && entropyOf(text) >= 3.5)
  );
}

/** Names, calls, paths and addresses of a program rather than values. */
function isCode(text: string): boolean {
  return (
    /^(?:[a-z_$][\w$]*(?:\.[\w$]+)+|[A-Z][A-Z0-9_]+|[a-z]+(?:[A-Z][a-z]+)+|[a-z]+(?:[-_][a-z]+)+)$/.test(text) ||
    /[(){}[\]<>]|^[./~]|^https?:|^\$|:\/\/|^(?:sha\d+|file|data|env|vault|ssm|secretsmanager|arn)[:-]/i.test(text)
  );
}
