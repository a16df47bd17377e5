/** What the office around a product does: URLs scanned, invoices paid, tickets closed. */
import { addDays, firstDay } from '../calendar.js';
import type { AccountStory, AttemptStory, MemoryStory, WorkItemStory, WorkOrderStory } from '../chapter.js';
import { subjects as about } from '../subjects.js';
import type { Random } from './random.js';
import type { Product } from './repository.js';
import { demands, sites, subjects, suppliers } from './vocabulary.js';

export function accountOf({ fullName, name, number }: Product, random: Random): AccountStory {
  const id = `user_desk_${String(number).padStart(4, '0')}`;
  return {
    clerkUserId: id,
    name: `Desk of ${name}`,
    githubLogin: null,
    registeredOn: firstDay,
    credits: [
      [firstDay, 60, 'Welcome credit', 'welcome'],
      [addDays(firstDay, 365), 40, 'Credit for the second year', fullName],
    ],
    scans: Array.from({ length: 60 }, (_, index) => ({
      on: addDays(firstDay, 1 + index * 12),
      url: `https://${random.of(sites)}/${random.of(subjects).replaceAll(' ', '-')}`,
      page: random.of([
        'plain',
        'plain',
        'plain',
        'careless',
        'careless',
        'download',
        'stolen login',
        'silent',
        'refused',
      ] as const),
    })),
  };
}

export function ordersOf(product: Product, days: readonly string[], random: Random): WorkOrderStory[] {
  return Array.from({ length: 12 }, (_, index): WorkOrderStory => {
    const on = days[index * 3] ?? '';
    const isInvoices = index % 3 !== 2;
    return {
      key: `${product.fullName} ${index}`,
      title: isInvoices
        ? `Invoices for the ${product.name.toLowerCase()}, part ${index + 1}`
        : `Tickets of the ${product.name.toLowerCase()}, part ${index + 1}`,
      on,
      by: isInvoices ? 'omar' : 'grace',
      priority: random.of(['LOW', 'MEDIUM', 'MEDIUM', 'HIGH']),
      metadata: { repository: product.fullName },
      items: Array.from({ length: 10 }, (__, nth) =>
        isInvoices ? invoice(product, on, index * 10 + nth, random) : ticket(product, on, nth, random),
      ),
    };
  });
}

function attempt(on: string, by: string, random: Random): AttemptStory {
  return {
    by,
    model: 'extract-small',
    on,
    minutes: 1 + random.below(4),
    tokens: [400 + random.below(900), 30 + random.below(90)],
  };
}

function invoice({ number }: Product, on: string, nth: number, random: Random): WorkItemStory {
  const amount = random.chance(15) ? 10_000 + random.below(40_000) : 100 + random.below(9_000);
  const first = attempt(on, 'invoice-agent', random);
  const again = random.chance(12)
    ? [{ ...first, status: 'TIMEOUT', error: 'The ledger did not answer within 30 seconds.' } as const]
    : [];
  const meaning = 'I have checked the amount against the order and approve the payment.';
  return {
    key: `I-${number}-${nth}`,
    type: 'INVOICE',
    content: { number: `I-${number}-${nth}`, supplier: random.of(suppliers), amount, currency: 'EUR' },
    attempts: [...again, { ...first, time: '10:40' }],
    result: { posted: true },
    ...(amount > 10_000 && { approvals: [{ on: addDays(on, 1), by: 'lena', decision: 'APPROVED', meaning }] }),
    ...(random.chance(50) && {
      evaluation: ['field-accuracy', 'overall', (85 + random.below(16)) / 100, true] as const,
    }),
  };
}

function ticket({ fullName }: Product, on: string, nth: number, random: Random): WorkItemStory {
  const [demand] = random.of(demands);
  return {
    key: `ticket ${nth}`,
    type: 'TICKET',
    subject: random.chance(50)
      ? about.auditRun(fullName, on)
      : about.requirement(fullName, `REQ-00${1 + random.below(9)}`),
    content: { title: demand.replace('%', random.of(subjects)) },
    attempts: [attempt(on, random.of(['triage-agent', 'report-agent']), random)],
    result: { done: true },
  };
}

export function memoryOf({ name }: Product, days: readonly string[], random: Random): MemoryStory[] {
  return Array.from({ length: 10 }, (_, index): MemoryStory => {
    const [title, text] = random.of(demands);
    const subject = random.of(subjects);
    return {
      type: random.of(['KNOWLEDGE', 'CONTEXT']),
      title: `${name}, note ${index + 1}: ${title.replace('%', subject)}`,
      content: text.replaceAll('%', subject),
      by: random.of(['triage-agent', 'report-agent']),
      on: days[index * 4] ?? '',
    };
  });
}
