/** The rules that a page is scored by, as data: what each looks for, what it weighs, and what it says. */
import { getDomain } from 'tldts';
import ipaddr from 'ipaddr.js';
import { toDisplayName } from '../../../kernel/urls/index.js';
import { imitatedName } from './confusables.js';
import type { FormFacts, PageFacts, Target } from './page-facts.js';

export interface Certificate {
  /** Why it is not to be trusted, as a code (`CERT_HAS_EXPIRED`), or null. */
  readonly fault: string | null;
}

/** Everything that a score rests on. */
export interface Evidence {
  /** The page that was scored, after redirects. */
  readonly page: Target;
  /** Hosts on the way to it, the requested one first. */
  readonly redirectedFrom: readonly string[];
  /** Sanitised, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null over plain http. */
  readonly certificate: Certificate | null;
  readonly isDownload: boolean;
  readonly facts: PageFacts;
}

export type Category =
  | 'CREDENTIAL_THEFT'
  | 'LOOKALIKE_DOMAIN'
  | 'DECEPTIVE_LINK'
  | 'MALICIOUS_SCRIPT'
  | 'UNWANTED_DOWNLOAD'
  | 'REDIRECTION'
  | 'INSECURE_TRANSPORT'
  | 'WEAK_HEADERS';

export interface Rule {
  readonly name: string;
  readonly category: Category;
  /** 0–100: the risk that the rule alone stands for. */
  readonly weight: number;
  readonly reason: string;
  /** Names of what was found (hosts, codes), empty when the rule does not apply. Never text of the page. */
  readonly find: (evidence: Evidence) => readonly string[];
}

const programs: ReadonlySet<string> = new Set(
  'apk appx bat cmd com cpl dll dmg exe hta iso jar js jse lnk msi msix ps1 scr vbe vbs wsf xll'.split(' '),
);
const imitationSuffix = /(?:^|\.)(?:com|net|org|gov|edu|bank)$/;
const remoteSchemes: ReadonlySet<string> = new Set(['http:', 'https:']);

/** The part of a host that one owner registers; a host that has none stands for itself. */
function siteOf(host: string): string {
  return getDomain(host, { allowPrivateDomains: true }) ?? host;
}

function isElsewhere(target: Target, page: Target): boolean {
  return remoteSchemes.has(target.protocol) && siteOf(target.host) !== siteOf(page.host);
}

function isAddress(host: string): boolean {
  return ipaddr.isValid(host.replace(/^\[|\]$/g, ''));
}

function asksForSecret(form: FormFacts): boolean {
  return form.asksForPassword || form.asksForCard;
}

function hostsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map((target) => (target.host === '' ? target.protocol : target.host)))];
}

function secretTargets({ facts }: Evidence): readonly Target[] {
  return facts.forms.filter(asksForSecret).map((form) => form.target);
}

function isProgram(target: Target): boolean {
  return programs.has(target.extension);
}

function hasMissing(name: string): (evidence: Evidence) => readonly string[] {
  return ({ headers }) => (headers[name] === undefined ? [name] : []);
}

export const rules: readonly Rule[] = [
  {
    name: 'credentials-sent-elsewhere',
    category: 'CREDENTIAL_THEFT',
    weight: 70,
    reason: 'A form asks for a password or card and sends it to another site.',
    find: (evidence) => hostsOf(secretTargets(evidence).filter((target) => isElsewhere(target, evidence.page))),
  },
  {
    name: 'credentials-sent-to-address',
    category: 'CREDENTIAL_THEFT',
    weight: 50,
    reason: 'A form asks for a password or card and sends it to a bare address or into a script or mail.',
    find: (evidence) =>
      hostsOf(secretTargets(evidence).filter(({ host, protocol }) => isAddress(host) || !remoteSchemes.has(protocol))),
  },
  {
    name: 'credentials-in-clear',
    category: 'INSECURE_TRANSPORT',
    weight: 40,
    reason: 'A form asks for a password or card without encryption.',
    find: (evidence) => {
      const targets = secretTargets(evidence);
      const isClear = targets.length > 0 && evidence.page.protocol === 'http:';
      return hostsOf(isClear ? [evidence.page] : targets.filter((target) => target.protocol === 'http:'));
    },
  },
  {
    name: 'look-alike-host',
    category: 'LOOKALIKE_DOMAIN',
    weight: 60,
    reason: "The page's host name is written in letters that look like others.",
    find: ({ page }) => {
      const imitated = imitatedName(toDisplayName(page.host));
      return imitated === null ? [] : [`${page.host} looks like ${imitated}`];
    },
  },
  {
    name: 'name-of-another-site-in-host',
    category: 'LOOKALIKE_DOMAIN',
    weight: 35,
    reason: "The page's host name begins with what reads like the name of another site.",
    find: ({ page }) => {
      const site = siteOf(page.host);
      const before = page.host === site ? '' : page.host.slice(0, -site.length - 1);
      return imitationSuffix.test(before) && before.includes('.') ? [page.host] : [];
    },
  },
  {
    name: 'link-names-another-host',
    category: 'DECEPTIVE_LINK',
    weight: 30,
    reason: 'The text of a link names one site and leads to another.',
    find: ({ facts }) =>
      facts.links
        .filter(
          ({ target, namedHost }) =>
            namedHost !== null && getDomain(namedHost) !== null && remoteSchemes.has(target.protocol),
        )
        .filter(({ target, namedHost }) => siteOf(toDisplayName(target.host)) !== siteOf(namedHost ?? ''))
        .map(({ target, namedHost }) => `${namedHost ?? ''} leads to ${target.host}`),
  },
  {
    name: 'link-to-look-alike-host',
    category: 'DECEPTIVE_LINK',
    weight: 25,
    reason: 'A link leads to a host name written in letters that look like others.',
    find: ({ facts, page }) =>
      hostsOf(facts.links.map((link) => link.target).filter((target) => isElsewhere(target, page))).filter(
        (host) => imitatedName(toDisplayName(host)) !== null,
      ),
  },
  {
    name: 'script-runs-decoded-text',
    category: 'MALICIOUS_SCRIPT',
    weight: 45,
    reason: 'A script decodes text and runs it.',
    find: ({ facts }) => (facts.scripts.runsDecodedText ? ['inline script'] : []),
  },
  {
    name: 'script-is-obfuscated',
    category: 'MALICIOUS_SCRIPT',
    weight: 30,
    reason: 'A script is written so that it can not be read.',
    find: ({ facts }) => (facts.scripts.isObfuscated ? ['inline script'] : []),
  },
  {
    name: 'script-plants-command',
    category: 'MALICIOUS_SCRIPT',
    weight: 65,
    reason: "A script puts a command for a shell on the visitor's clipboard.",
    find: ({ facts }) => (facts.scripts.plantsCommand ? ['inline script'] : []),
  },
  {
    name: 'hidden-frame',
    category: 'MALICIOUS_SCRIPT',
    weight: 25,
    reason: 'An invisible frame loads another site.',
    find: ({ facts, page }) => hostsOf(facts.hiddenFrames.filter((target) => isElsewhere(target, page))),
  },
  {
    name: 'download-of-program',
    category: 'UNWANTED_DOWNLOAD',
    weight: 35,
    reason: 'The page offers a program for download.',
    find: ({ facts }) => hostsOf([...facts.links.map((link) => link.target), ...facts.hiddenFrames].filter(isProgram)),
  },
  {
    name: 'download-at-once',
    category: 'UNWANTED_DOWNLOAD',
    weight: 45,
    reason: 'The URL answers with a download instead of a page, or starts one by itself.',
    find: ({ facts, page, isDownload }) =>
      hostsOf([...(isDownload ? [page] : []), ...facts.refreshes.filter(isProgram)]),
  },
  {
    name: 'sends-visitor-elsewhere',
    category: 'REDIRECTION',
    weight: 15,
    reason: 'The page sends its visitor to another site by itself.',
    find: ({ facts, page }) => hostsOf(facts.refreshes.filter((target) => isElsewhere(target, page))),
  },
  {
    name: 'redirected-across-sites',
    category: 'REDIRECTION',
    weight: 10,
    reason: 'The URL redirects to another site.',
    find: ({ redirectedFrom, page }) => redirectedFrom.filter((host) => siteOf(host) !== siteOf(page.host)),
  },
  {
    name: 'bare-address',
    category: 'INSECURE_TRANSPORT',
    weight: 15,
    reason: 'The page is served from an address without a name.',
    find: ({ page }) => (isAddress(page.host) ? [page.host] : []),
  },
  {
    name: 'untrusted-certificate',
    category: 'INSECURE_TRANSPORT',
    weight: 40,
    reason: 'The certificate is not one that a browser would accept.',
    find: ({ certificate }) => (certificate?.fault == null ? [] : [certificate.fault]),
  },
  {
    name: 'no-encryption',
    category: 'INSECURE_TRANSPORT',
    weight: 8,
    reason: 'The page is served without encryption.',
    find: ({ page }) => (page.protocol === 'http:' ? [page.host] : []),
  },
  {
    name: 'no-strict-transport-security',
    category: 'WEAK_HEADERS',
    weight: 2,
    reason: 'Nothing keeps browsers from coming back without encryption.',
    find: (evidence) => (evidence.page.protocol === 'https:' ? hasMissing('strict-transport-security')(evidence) : []),
  },
  {
    name: 'no-content-security-policy',
    category: 'WEAK_HEADERS',
    weight: 2,
    reason: 'The page does not limit where its scripts may come from.',
    find: hasMissing('content-security-policy'),
  },
  {
    name: 'no-content-type-protection',
    category: 'WEAK_HEADERS',
    weight: 1,
    reason: 'Browsers may guess the type of what the server sends.',
    find: hasMissing('x-content-type-options'),
  },
];
