/** Words by which a sentence asks for something, limits it or permits it: RFC 2119, and the like in English, German and French. */

export type Level = 'must' | 'must not' | 'should' | 'should not' | 'may';

export interface Norm {
  readonly level: Level;
  /** As it stands in the sentence. */
  readonly word: string;
  /** Whether it stands in capitals, as RFC 2119 has it. */
  readonly isCapital: boolean;
}

/** Capitals are norms wherever they stand. */
const capitals: readonly (readonly [RegExp, Level])[] = [
  [/\b(?:MUST|SHALL)\s+(?:NOT|NEVER)\b/, 'must not'],
  [/\b(?:SHOULD\s+NOT|NOT\s+RECOMMENDED)\b/, 'should not'],
  [/\b(?:MUST|SHALL|REQUIRED|MUSS|MÜSSEN|DOIT|DOIVENT)\b/, 'must'],
  [/\b(?:SHOULD|RECOMMENDED|SOLLTE|SOLLTEN|DEVRAIT|DEVRAIENT)\b/, 'should'],
  [/\b(?:MAY|OPTIONAL|KANN)\b/, 'may'],
];

const plain: readonly (readonly [RegExp, Level])[] = [
  [
    /\b(?:must|shall|may)\s+(?:not|never|no longer)\b|\bmustn['’]t\b|\b(?:is|are) (?:not (?:allowed|permitted)|forbidden|prohibited)\b|\b(?:can ?not|cannot) be exceeded\b/i,
    'must not',
  ],
  [
    /(?<!\p{L})(?:darf|dürfen) (?:[^\s.]{1,40} ){0,8}?(?:nicht|nie(?:mals)?|kein\p{L}{0,2}|weder)(?!\p{L})/iu,
    'must not',
  ],
  [
    /(?<!\p{L})ne (?:doit|doivent|devra|devront|peut|peuvent) (?:pas|jamais|plus|en aucun cas)(?!\p{L})|\bil est interdit\b/iu,
    'must not',
  ],
  [
    /\b(?:shall|must)\b|\b(?:has|have|needs?) to\b|\b(?:is|are) (?:required|obliged) to\b|\b(?:is|are) (?:mandatory|required)\b/i,
    'must',
  ],
  [/\bwill\b/i, 'must'],
  [
    /(?<!\p{L})(?:muss|muß|müssen)(?!\p{L})|(?<!\p{L})(?:ist|sind) (?:[^\s.]{1,40} ){0,8}?zu \p{L}{3,30}en(?!\p{L})/iu,
    'must',
  ],
  [/(?<!\p{L})(?:soll|sollen)(?!\p{L})/iu, 'must'],
  [/(?<!\p{L})(?:doit|doivent|devra|devront)(?!\p{L})|\bil faut\b|(?<!\p{L})est (?:tenu|obligatoire)/iu, 'must'],
  [/\bshould(?:n['’]t| not| never)\b/i, 'should not'],
  [/(?<!\p{L})(?:sollte|sollten) (?:[^\s.]{1,40} ){0,6}?(?:nicht|kein\p{L}{0,2})(?!\p{L})/iu, 'should not'],
  [/\bshould\b|(?<!\p{L})(?:sollte|sollten|devrait|devraient)(?!\p{L})/iu, 'should'],
];

/** What has such a word and asks for nothing. */
const noNorm =
  /\b(?:(?:must|should|shall|may) (?:have (?:been|had|come|gone|\w+ed)|be (?:noted|remembered|said|obvious|clear)|read|admit)|need not|needn['’]t|(?:does|do|did)(?: not|n['’]t) (?:have|need) to|(?:is|are) not (?:required|mandatory|needed)|if (?:you|we) must|must-(?:have|read|see)s?|a must\b|as (?:it|they) should|(?:has|have|needs?) to be(?=[,:;.]|$)|(?:nothing|nobody|no one) (?:needs?|should|has)|(?:it|this|that|there|which) may not)\b/i;
const conventions = /\b(?:RFC ?2119|BCP ?14|RFC ?8174)\b|\binterpreted as described in\b/i;
/** "A call that must be answered is urgent" says what is urgent, and asks for nothing. */
const relativeClauses =
  /\b(?:that|which|who) (?:also |then |still )?(?:must|shall|should|may|has to|have to|needs? to|will)\b(?: not\b)?/gi;
/** Advice to the reader, or a tale of the writers: no statement about the thing. */
const otherSubject =
  /\b(?:you|we|i|one|they|let['’]s)(?: (?:also|then|first|just|only|always|probably|still|might|may|will|would))? (?:must|should|shall|will|have|need|needs|may)\b|(?<!\p{L})(?:man|sie|du|ihr|wir) (?:muss|müssen|musst|soll(?:te|ten|en)?)(?!\p{L})|(?<!\p{L})(?:vous|nous|on) (?:devez|devons|doit)(?!\p{L})/iu;
/** "will" promises in a specification, and tells the future anywhere else. */
const promisingSubject =
  /^(?:[^.]{0,80}[,:] )?(?:the|this|each|every|all|any) (?:[\p{L}-]+ ){0,3}?(?:system|application|app|software|product|device|service|platform|server|client|website|site|solution|tool|module|component|interface|api|database|program|portal|users?|administrators?|admins?|customers?|operators?) will\b/iu;

/** Null for a sentence that asks for nothing. Code and quoted words are none of the sentence's own. */
export function findNorm(sentence: string, onlyCapitals = false): Norm | null {
  const text = sentence
    .replace(/`[^`]*`/g, '`…`')
    .replace(/"[^"\n]{0,200}"|“[^”\n]{0,200}”|«[^»\n]{0,200}»|„[^“”\n]{0,200}[“”]/g, '"…"')
    .replace(/\s+/g, ' ')
    .slice(0, 5_000)
    .replace(relativeClauses, 'that …');
  if (conventions.test(sentence.slice(0, 2_000)) || /\?["'”)*_]*$/.test(text.trim())) return null;
  for (const [pattern, level] of capitals) {
    const word = pattern.exec(text)?.[0];
    if (word !== undefined) return { level, word, isCapital: true };
  }
  if (onlyCapitals || noNorm.test(text) || otherSubject.test(text)) return null;
  for (const [pattern, level] of plain) {
    const word = pattern.exec(text)?.[0];
    if (word === undefined || (/^will$/i.test(word) && !promisingSubject.test(text))) continue;
    return { level, word, isCapital: false };
  }
  return null;
}

/** Whether a document says that only capitals are meant as norms. */
export function citesKeyWords(text: string): boolean {
  return /\b(?:RFC ?2119|BCP ?14|RFC ?8174)\b/.test(text) && /\b(?:MUST|SHALL|SHOULD|MAY)\b/.test(text);
}

const bounds =
  /\b(?:at most|at least|no (?:more|less|fewer|later|earlier) than|not? (?:longer|larger|bigger|higher|lower) than|not exceed|limited to|up to a maximum|mindestens|höchstens|maximal|au (?:plus|moins)|au maximum)\b/i;

export function isBound(text: string): boolean {
  return bounds.test(text);
}

/** A bound with its number, which says something even where nothing else asks. */
export function isMeasuredBound(text: string): boolean {
  return bounds.test(text) && /\d/.test(text);
}

const failures =
  /\b(?:when|if|once|after|without|unless|in case)\b.*\b(?:fails?|failed|failure|crash(?:es|ed)?|killed|lost|loses|times? out|timed out|missing|malformed|invalid|expired?|unavailable|unreachable|interrupted|corrupt(?:ed)?|drops?|wrong)\b|(?<!\p{L})(?:wenn|falls|bei|nach)(?!\p{L}).*(?<!\p{L})(?:fehlschlägt|ausfällt|ausfall|abbricht|verloren|fehlt|ungültig\p{L}*|abgelaufen\p{L}*|fehlerhaft\p{L}*)(?!\p{L})|(?<!\p{L})(?:si|lorsque|lorsqu['’]|en cas)(?!\p{L}).*(?<!\p{L})(?:échoue|panne|perdue?|manquante?|invalide|expirée?|indisponible|erreur)(?!\p{L})/isu;

export function isFailure(text: string): boolean {
  return failures.test(text);
}

const stories =
  /^(?:in order to [^\n]{2,200}?,?\s+)?(?:as (?:an?|the) [^\n]{2,120}?,?\s+I(?:['’]d| would)? ?(?:want|need|like|can|should be able|wish|must be able|love|expect)\b|als [^\n]{2,120}?,?\s+(?:möchte|will|brauche|muss|kann) ich(?!\p{L})|en tant qu(?:e |['’])[^\n]{2,120}?,?\s+je (?:veux|souhaite|voudrais|peux|dois|désire)(?!\p{L}))/iu;

/** "As a nurse, I want …", over several lines and with markers between its parts. */
export function isStory(text: string): boolean {
  return stories.test(text.replace(/[*_]+/g, '').replace(/\s+/g, ' ').trim().slice(0, 1_000));
}

/** "Given … when … then …" in one text. */
export function isScenario(text: string): boolean {
  return /^(?:scenario[^:]{0,20}:[^]{0,200}?)?\s*(?:given\b[^]*\bthen\b|when\b[^]*\bthen\b[^]*$|(?:angenommen|gegeben)(?!\p{L})[^]*(?<!\p{L})dann(?!\p{L})|(?:étant donné|soit)(?!\p{L})[^]*(?<!\p{L})alors(?!\p{L}))/iu.test(
    text.slice(0, 3_000).replace(/[*_]+/g, ''),
  );
}
