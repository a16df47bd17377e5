/** What a page's HTML says that a score can rest on: names of hosts and counts, never its text. */
import { parseUrl } from '../../../kernel/urls/index.js';
import { readScript, maxScriptLength, type ScriptFacts } from './script-facts.js';
import { readTags, type Attributes } from './html-tags.js';

/** Where something leads: the host, or the scheme of what has none (`data:`, `javascript:`, `mailto:`). */
export interface Target {
  readonly protocol: string;
  readonly host: string;
  /** Path's extension in lower case, `exe`; empty when there is none. */
  readonly extension: string;
}

export interface FormFacts {
  readonly target: Target;
  readonly asksForPassword: boolean;
  readonly asksForCard: boolean;
}

export interface LinkFacts {
  readonly target: Target;
  /** The host that the link's own text names, if it names one. */
  readonly namedHost: string | null;
  readonly isDownload: boolean;
}

export interface PageFacts {
  readonly forms: readonly FormFacts[];
  readonly links: readonly LinkFacts[];
  readonly hiddenFrames: readonly Target[];
  /** Where the page sends its visitor by itself. */
  readonly refreshes: readonly Target[];
  readonly scripts: ScriptFacts;
}

export const noPage: PageFacts = {
  forms: [],
  links: [],
  hiddenFrames: [],
  refreshes: [],
  scripts: { runsDecodedText: false, isObfuscated: false, plantsCommand: false },
};

/** Of each kind; a page with more is judged by its first ones. */
const maxFacts = 2_000;
const maxLinkText = 300;

/** `http://pay.example/login` or `pay.example`: a link text that names where it claims to lead. */
const namesHost = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?:[/:?#]\S*)?\s*$/iu;
const cardFields = /^cc-(?:number|csc|exp)|card-?number|cvv|cvc/i;

interface Draft<Facts> {
  readonly facts: { -readonly [Key in keyof Facts]: Facts[Key] };
}

export function readPage(html: string, pageUrl: string): PageFacts {
  const reader = new PageReader(pageUrl);
  readTags(html, reader);
  return reader.facts();
}

class PageReader {
  readonly #forms: FormFacts[] = [];
  readonly #links: LinkFacts[] = [];
  readonly #hiddenFrames: Target[] = [];
  readonly #refreshes: Target[] = [];
  #base: string;
  #form: Draft<FormFacts> | null = null;
  #link: { readonly attributes: Attributes; text: string } | null = null;
  #isScript = false;
  readonly #script: string[] = [];
  #scriptLength = 0;

  constructor(pageUrl: string) {
    this.#base = pageUrl;
  }

  readonly onOpen = (name: string, attributes: Attributes): void => {
    this.#noteHandlers(attributes);
    switch (name) {
      case 'base':
        this.#base = resolve(attributes.get('href'), this.#base) ?? this.#base;
        break;
      case 'form':
        this.#openForm(attributes);
        break;
      case 'input':
        this.#noteInput(attributes);
        this.#noteButton(attributes);
        break;
      case 'button':
        this.#noteButton(attributes);
        break;
      case 'a':
      case 'area':
        this.#closeLink();
        if (attributes.has('href')) this.#link = { attributes, text: '' };
        break;
      case 'script':
        this.#isScript = true;
        break;
      case 'iframe':
      case 'frame':
        if (isHidden(attributes)) this.#note(this.#hiddenFrames, attributes.get('src'));
        break;
      case 'meta':
        this.#noteRefresh(attributes);
        break;
    }
  };

  readonly onClose = (name: string): void => {
    if (name === 'form') this.#form = null;
    if (name === 'a') this.#closeLink();
    if (name === 'script') this.#isScript = false;
  };

  readonly onText = (text: string): void => {
    if (this.#isScript) this.#addScript(text);
    else if (this.#link !== null && this.#link.text.length < maxLinkText) this.#link.text += text.slice(0, maxLinkText);
  };

  facts(): PageFacts {
    this.#closeLink();
    return {
      forms: this.#forms,
      links: this.#links,
      hiddenFrames: this.#hiddenFrames,
      refreshes: this.#refreshes,
      scripts: readScript(this.#script.join('')),
    };
  }

  #openForm(attributes: Attributes): void {
    const target = toTarget(attributes.get('action') ?? '', this.#base);
    this.#form = { facts: { target, asksForPassword: false, asksForCard: false } };
    if (this.#forms.length < maxFacts) this.#forms.push(this.#form.facts);
  }

  /** A field outside of any form is sent by script, to the page's own host as far as can be seen. */
  #noteInput(attributes: Attributes): void {
    const isPassword = attributes.get('type')?.toLowerCase() === 'password';
    const isCard =
      cardFields.test(attributes.get('autocomplete') ?? '') || cardFields.test(attributes.get('name') ?? '');
    if (!isPassword && !isCard) return;
    if (this.#form === null) this.#openForm(new Map());
    const form = this.#form;
    if (form === null) return;
    form.facts.asksForPassword ||= isPassword;
    form.facts.asksForCard ||= isCard;
  }

  /** A button may send its form elsewhere than the form says. */
  #noteButton(attributes: Attributes): void {
    const action = attributes.get('formaction');
    if (action !== undefined && this.#form !== null) this.#form.facts.target = toTarget(action, this.#base);
  }

  #closeLink(): void {
    const link = this.#link;
    this.#link = null;
    if (link === null || this.#links.length >= maxFacts) return;
    const { attributes, text } = link;
    this.#links.push({
      target: toTarget(attributes.get('href') ?? '', this.#base),
      namedHost: namesHost.exec(text)?.[1]?.toLowerCase() ?? null,
      isDownload: attributes.has('download'),
    });
  }

  #noteRefresh(attributes: Attributes): void {
    if (attributes.get('http-equiv')?.toLowerCase() !== 'refresh') return;
    const url = /^\s*[\d.]{1,10}\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(attributes.get('content') ?? '')?.[1];
    if (url !== undefined) this.#note(this.#refreshes, url);
  }

  #noteHandlers(attributes: Attributes): void {
    for (const [name, value] of attributes) if (name.startsWith('on')) this.#addScript(`${value}\n`);
  }

  #addScript(text: string): void {
    if (this.#scriptLength >= maxScriptLength) return;
    this.#scriptLength += text.length;
    this.#script.push(text);
  }

  #note(list: Target[], url: string | undefined): void {
    if (url !== undefined && list.length < maxFacts) list.push(toTarget(url, this.#base));
  }
}

function isHidden(attributes: Attributes): boolean {
  const style = attributes.get('style') ?? '';
  const isTiny = ['width', 'height'].some((name) => /^[01](?:px)?$/.test(attributes.get(name) ?? ''));
  return (
    attributes.has('hidden') ||
    isTiny ||
    /display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])/i.test(style)
  );
}

function resolve(url: string | undefined, base: string): string | null {
  return url === undefined ? null : (parseUrl(url, base)?.href ?? null);
}

const maxReference = 4_096;

export function toTarget(reference: string, base: string): Target {
  const url = reference.slice(0, maxReference).trim();
  const parsed = parseUrl(url, base);
  if (parsed === null) return { protocol: 'invalid:', host: '', extension: '' };
  const { protocol, hostname, pathname } = parsed;
  const extension = /\.([a-z0-9]{1,8})$/i.exec(hostname === '' ? '' : pathname)?.[1]?.toLowerCase() ?? '';
  return { protocol, host: hostname, extension };
}
