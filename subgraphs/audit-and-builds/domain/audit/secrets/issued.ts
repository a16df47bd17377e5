/** Secrets that their issuers gave a form, by the rules of secretlint. They are run here, as its own runner keeps a mark of every file. */
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SuspectedSecret } from './suspected.js';

/** What the rules look for, for people; a rule that comes later is called by its own name. */
const names: Readonly<Record<string, string>> = {
  aws: 'a credential of AWS',
  gcp: 'a key of Google Cloud',
  privatekey: 'a private key',
  npm: 'a token of npm',
  basicauth: 'a URL with a password',
  slack: 'a token of Slack',
  sendgrid: 'a key of SendGrid',
  shopify: 'a key of Shopify',
  github: 'a token of GitHub',
  openai: 'a key of OpenAI',
  anthropic: 'a key of Anthropic',
  linear: 'a key of Linear',
  '1password': 'a token of 1Password',
  'database-connection-string': 'a connection string with a password',
};

/** Forms that the rules leave out, as their issuers publish them. */
const forms: readonly (readonly [rule: string, what: string, form: RegExp])[] = [
  ['gitlab', 'a token of GitLab', /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,300}/g],
  ['google-api-key', 'a key of Google', /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g],
  ['stripe', 'a key of Stripe', /\b[rs]k_live_[A-Za-z0-9]{20,250}\b/g],
  ['huggingface', 'a token of Hugging Face', /\bhf_[A-Za-z]{34}\b/g],
  ['pypi', 'a token of PyPI', /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,1000}/g],
  ['digitalocean', 'a token of DigitalOcean', /\bdo[opr]_v1_[a-f0-9]{64}\b/g],
];

/** As secretlint has it; the package of its types is not among what it installs. */
interface Rule {
  readonly meta: { readonly id: string; readonly type: string };
  create(context: Context, options: object): Handler;
}
interface Context {
  readonly sharedOptions: object;
  createTranslator(messages: object): () => { readonly message: string; readonly messageId: string };
  report(found: { readonly range: readonly [number, number] }): void;
  ignore(): void;
}
interface Handler {
  file?(source: Source): void | Promise<void>;
}
interface Source {
  readonly filePath: string;
  readonly content: string;
  readonly ext: string;
  readonly contentType: 'text';
}

/** Off unless asked for: the number of a key is of use to nobody, but the key is mostly beside it. */
const options: Readonly<Record<string, object>> = { aws: { enableIDScanRule: true } };

interface Sink {
  report: (rule: string, range: readonly [number, number]) => void;
}

/** Made once: what a rule finds goes to whoever asks at the moment. */
const sink: Sink = { report: () => undefined };
const handlers: readonly Handler[] = (rules as readonly Rule[])
  .filter(({ meta }) => meta.type === 'scanner')
  .map((rule) => {
    const name = rule.meta.id.replace(/^.*secretlint-rule-/, '');
    return rule.create(contextOf(name), options[name] ?? {});
  });

function contextOf(rule: string): Context {
  return {
    sharedOptions: {},
    // Its words hold the secret, so nobody asks for them.
    createTranslator: () => () => ({ message: '', messageId: '' }),
    report: ({ range }) => sink.report(rule, range),
    ignore: () => undefined,
  };
}

export async function findIssuedSecrets(path: string, content: string): Promise<SuspectedSecret[]> {
  const found = new Map<string, SuspectedSecret>();
  const note = (rule: string, what: string, start: number, text: string): void =>
    void found.set(`${rule} ${start}`, { rule, what, start, text, isCertain: true });
  for (const [rule, what, form] of forms) {
    for (const { index, 0: text } of content.matchAll(form)) note(rule, what, index, text);
  }
  const ranges: (readonly [string, readonly [number, number]])[] = [];
  const source = { filePath: path, content, ext: /\.[^./]*$/.exec(path)?.[0] ?? '', contentType: 'text' } as const;
  for (const handler of handlers) {
    sink.report = (rule, range) => void ranges.push([rule, range]);
    await handler.file?.(source);
  }
  for (const [rule, [start, end]] of ranges) {
    note(
      rule,
      Object.hasOwn(names, rule) ? (names[rule] ?? rule) : `a secret of ${rule}`,
      start,
      content.slice(start, end),
    );
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}
