/** Who has URLs scanned: each at work, and the security desk in the week of the look-alike page. */
import type { AccountStory } from '../chapter.js';
import { people } from './company.js';

export const janaAccount = 'user_demo_jana';
export const securityDesk = 'user_demo_security';
export const lookAlike = { on: '2026-05-19', time: '08:40', url: 'https://login-meridian.example.net/' } as const;

// prettier-ignore
export const accounts: readonly AccountStory[] = [
  { clerkUserId: janaAccount, name: people.jana.name, githubLogin: people.jana.githubLogin, registeredOn: '2025-02-03',
    credits: [['2025-02-03', 100, 'Welcome credit', 'welcome'], ['2026-01-05', 50, 'Credit for 2026', 'MER-2026-01']],
    scans: [
      { on: '2025-02-10', url: 'https://status.example.com/', page: 'plain' },
      { on: '2025-03-17', url: 'https://status.example.com/', page: 'plain' },
      { on: '2025-06-16', url: 'https://portal.meridian.example/', page: 'plain' },
      { on: '2025-06-16', time: '10:18', url: 'http://portal.meridian.example/', page: 'careless' },
      { on: '2025-09-15', url: 'https://downloads.example.org/pump-simulator.exe', page: 'download' },
      { on: '2026-02-02', url: 'https://status.example.com/', page: 'plain' },
      { on: '2026-09-07', url: 'https://slow.example.org/', page: 'silent' },
      { on: '2026-11-18', url: 'https://status.example.com/', page: 'plain' },
    ] },
  { clerkUserId: 'user_demo_amira', name: people.amira.name, githubLogin: people.amira.githubLogin, registeredOn: '2025-02-20',
    credits: [['2025-02-20', 50, 'Welcome credit', 'welcome']],
    scans: [
      { on: '2025-02-24', url: 'https://lists.example.org/hospital-north.csv', page: 'plain' },
      { on: '2025-07-08', url: 'https://lists.example.org/hospital-north.csv', page: 'plain' },
      { on: '2026-05-11', url: 'https://interactions.example.com/', page: 'careless' },
      { on: '2026-11-09', url: 'https://interactions.example.com/', page: 'plain' },
    ] },
  { clerkUserId: 'user_demo_tomas', name: people.tomas.name, githubLogin: people.tomas.githubLogin, registeredOn: '2025-04-01',
    credits: [['2025-04-01', 20, 'Welcome credit', 'welcome']],
    scans: [
      { on: '2025-04-07', url: 'https://simulator.example.com/', page: 'careless' },
      { on: '2026-08-17', url: 'https://simulator.example.com/', page: 'refused' },
      { on: '2026-08-17', time: '10:40', url: 'https://simulator.example.com/', page: 'plain' },
    ] },
  { clerkUserId: securityDesk, name: 'Security desk', githubLogin: null, registeredOn: '2026-01-12',
    credits: [['2026-01-12', 20, 'Credit for the first quarter', 'MER-2026-02'], ['2026-05-19', 200, 'Credit for SEC-2026-05', 'SEC-2026-05']],
    scans: [
      { on: '2026-03-02', url: 'https://portal.meridian.example/', page: 'plain' },
      { ...lookAlike, page: 'stolen login' },
      { on: '2026-05-19', time: '08:55', url: 'https://portal.meridian.example.com.verify.example.net/', page: 'stolen login' },
      { on: '2026-05-19', time: '09:05', url: 'https://portal.meridian.example/', page: 'plain' },
      { on: '2026-05-20', time: '08:30', url: lookAlike.url, page: 'stolen login' },
      { on: '2026-05-22', time: '08:30', url: lookAlike.url, page: 'refused' },
      { on: '2026-06-22', time: '08:30', url: lookAlike.url, page: 'silent' },
      { on: '2026-10-05', url: 'https://portal.meridian.example/', page: 'plain' },
      { on: '2026-11-16', url: 'https://portal.meridian.example/', page: 'plain' },
    ] },
];
