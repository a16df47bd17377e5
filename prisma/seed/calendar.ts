/** The story's calendar: fixed dates, so that a query written down once always finds the same. */

/** From the first repository to the day on which the demo stands still. */
export const firstDay = '2024-11-25';
export const lastDay = '2026-11-20';

/** `2025-03-14` and `09:30` → RFC 3339 in UTC. */
export function at(day: string, time = '08:00'): string {
  return `${day}T${time}:00.000Z`;
}

export function later(moment: string, minutes: number): string {
  return new Date(Date.parse(moment) + minutes * 60_000).toISOString();
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
