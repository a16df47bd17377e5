/** Words of a text as they are compared: without case, accents, endings, and without those that say nothing of what it is about. */

const silent = new Set(
  'a an and are as at be been but by can could do does for from has have he her his i if in into is it its may me must my no not of on only or our shall she should so such than that the their then there these they this to us was we were what when where which who will with would you your der die das den dem des ein eine einen einem einer eines und oder ist sind wird werden muss müssen soll sollen kann darf nicht mit von zu im am auf für als wenn dann ich sich le la les un une des du de et ou est sont doit doivent peut pour par dans sur avec que qui il elle je ne pas'.split(
    ' ',
  ),
);

/** `listUserIDs` and `/user-ids/{id}` share their words. In their order, repeated ones included. */
export function toWords(text: string): string[] {
  return text
    .slice(0, 5_000)
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !silent.has(word))
    .map(toStem)
    .filter((word) => word.length > 1 || /\P{ASCII}/u.test(word));
}

/** Endings that change a word's form and not its meaning; only of words that are long enough to be left recognisable. */
function toStem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith('ing'))
    return word
      .slice(0, -3)
      .replace(/(.)\1$/, '$1')
      .replace(/e$/, '');
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2).replace(/(.)\1$/, '$1');
  if (word.length > 4 && /(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  const singular = word.length > 3 && /[^su]s$/.test(word) ? word.slice(0, -1) : word;
  return singular.length > 4 ? singular.replace(/e$/, '') : singular;
}
