/** Host names that look like other ones: letters of one script that are drawn as letters of another. */

/** Letters that common fonts draw as Latin ones (after Unicode's confusables.txt): Cyrillic, Greek, Armenian, Latin extended. */
const lookAlikes: Readonly<Record<string, string>> = {
  ...pairs('авеһіјкӏмнорԛѕтѵԝхуԁҽցոսհզյԍ', 'abehijklmhopqstvwxydegnuhqjg'),
  ...pairs('αβγεηικνορτυχωϲϳ', 'abyenikvoptuxwcj'),
  ...pairs('ɑɡıɩłøđħʟɴʀƅ', 'agiiloohlnrb'),
  с: 'c',
  ь: 'b',
  г: 'r',
  ѡ: 'w',
};

function pairs(from: string, to: string): Record<string, string> {
  const targets = [...to];
  return Object.fromEntries([...from].map((letter, index) => [letter, targets[index] ?? letter]));
}

const scripts: readonly RegExp[] = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
];

/** What a label looks like to a person in a hurry: accents stay, because people see them. */
export function skeletonOf(label: string): string {
  return [...label.toLowerCase()].map((letter) => lookAlikes[letter] ?? letter).join('');
}

const plain = /^[\u0021-\u007e]*$/;

/**
 * The name that `host` (as people see it) passes itself off as, or null. A label does when its look is plain ASCII and it is
 * not, or when it mixes scripts that no language mixes. Below a top-level domain of its own script a word is just a word.
 */
export function imitatedName(host: string): string | null {
  const labels = host.split('.');
  const isForeignTopLevel = !plain.test(labels.at(-1) ?? '');
  const imitates = labels.some((label) => {
    if (plain.test(label)) return false;
    const looksPlain = !isForeignTopLevel && plain.test(skeletonOf(label));
    return looksPlain || scripts.filter((script) => script.test(label)).length > 1;
  });
  return imitates ? labels.map(skeletonOf).join('.') : null;
}
