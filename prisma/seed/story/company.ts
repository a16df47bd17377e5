/** The people of Meridian, a maker of infusion pumps with three repositories. */

interface Person {
  /** As tokens and signatures name them. */
  readonly subject: string;
  readonly name: string;
  readonly title: string;
  readonly githubLogin: string | null;
}

export const people = {
  jana: { subject: 'jana.novak', name: 'Jana Novak', title: 'Software lead', githubLogin: 'jana-novak' },
  amira: { subject: 'amira.haddad', name: 'Amira Haddad', title: 'Developer', githubLogin: 'amira-haddad' },
  tomas: { subject: 'tomas.lindqvist', name: 'Tomas Lindqvist', title: 'Verification', githubLogin: 'tomas-lindqvist' },
  petr: { subject: 'petr.svoboda', name: 'Petr Svoboda', title: 'Quality manager', githubLogin: null },
  grace: { subject: 'grace.okafor', name: 'Grace Okafor', title: 'Regulatory affairs', githubLogin: null },
  omar: { subject: 'omar.rahal', name: 'Omar Rahal', title: 'Purchasing', githubLogin: null },
  lena: { subject: 'lena.fischer', name: 'Lena Fischer', title: 'Finance', githubLogin: null },
} as const satisfies Readonly<Record<string, Person>>;

export type PersonName = keyof typeof people;

/** The build pipeline: it scans, audits, and signs evidence. */
export const pipeline = 'ci.meridian';

export const pumpApi = 'meridian/infusion-pump-api';
export const dosePortal = 'meridian/dose-portal';
export const drugLibrary = 'meridian/drug-library';
