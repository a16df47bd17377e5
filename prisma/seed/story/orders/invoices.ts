/** Invoices: read by an agent, approved by finance above a limit, posted to the ledger. */
import type { AttemptStory, WorkItemStory, WorkOrderStory } from '../../chapter.js';
import { documentOf } from './attempts.js';

interface Invoice {
  readonly number: string;
  readonly supplier: string;
  readonly amount: number;
  readonly order?: string;
}

/** Read at the first try, and posted. */
function paid(invoice: Invoice, on: string, rest: Partial<WorkItemStory> = {}): WorkItemStory {
  const { number, supplier, amount, order } = invoice;
  return {
    key: number,
    type: 'INVOICE',
    content: { number, supplier, amount, currency: 'EUR', ...(order !== undefined && { order }) },
    attempts: [documentOf('invoice-agent', on)],
    result: { posted: true, ledger: `L-${number}` },
    evaluation: ['field-accuracy', 'overall', amount % 7 === 0 ? 0.9375 : 1, true],
    ...rest,
  };
}

const meaning = 'I have checked the amount against the order and approve the payment.';

function failing(on: string, error: string): AttemptStory[] {
  return ['09:30', '09:36', '09:51', '10:21'].map((time) => ({
    ...documentOf('invoice-agent', on),
    time,
    status: 'FAILED',
    error,
  }));
}

// prettier-ignore
export const invoiceOrders: readonly WorkOrderStory[] = [
  { key: 'invoices 2025-03', title: 'Invoices of March 2025', on: '2025-03-31', by: 'omar', priority: 'MEDIUM', items: [
    paid({ number: 'M-0204', supplier: 'Helix Sensors', amount: 4_200 }, '2025-03-31'),
    paid({ number: 'M-0205', supplier: 'Brno Mouldings', amount: 1_860 }, '2025-03-31'),
    paid({ number: 'M-0206', supplier: 'Helix Sensors', amount: 18_400, order: 'PO-1107' }, '2025-03-31', { approvals: [{ on: '2025-04-01', by: 'lena', decision: 'APPROVED', meaning }] }),
  ] },
  { key: 'invoices 2025-09', title: 'Invoices of September 2025', on: '2025-09-30', by: 'omar', priority: 'MEDIUM', items: [
    paid({ number: 'M-0512', supplier: 'Nordic Test House', amount: 9_350 }, '2025-09-30'),
    paid({ number: 'M-0513', supplier: 'Helix Sensors', amount: 27_900, order: 'PO-1240' }, '2025-09-30', { approvals: [{ on: '2025-10-02', by: 'lena', decision: 'APPROVED', meaning }] }),
  ] },
  { key: 'invoices 2026-03', title: 'Invoices of March 2026', on: '2026-03-31', by: 'omar', priority: 'HIGH', items: [
    paid({ number: 'M-0871', supplier: 'Brno Mouldings', amount: 61_000, order: 'PO-1388' }, '2026-03-31', { approvals: [
      { on: '2026-04-01', by: 'lena', decision: 'ESCALATED', meaning: 'The amount is above what I may approve.', reason: 'Above 50,000' },
      { on: '2026-04-03', by: 'petr', decision: 'APPROVED', meaning },
    ] }),
    paid({ number: 'M-0872', supplier: 'Helix Sensors', amount: 3_150 }, '2026-03-31'),
    { ...paid({ number: 'M-0873', supplier: 'Kestrel Freight', amount: 980 }, '2026-03-31'),
      attempts: [...failing('2026-03-31', 'The ledger did not answer within 30 seconds.'), { ...documentOf('invoice-agent', '2026-04-07'), time: '09:25' }],
      deadLetter: { on: '2026-03-31', redriven: { on: '2026-04-07', by: 'omar' } } },
  ] },
  { key: 'invoices 2026-10', title: 'Invoices of October 2026', on: '2026-10-30', by: 'omar', priority: 'MEDIUM', items: [
    paid({ number: 'M-1001', supplier: 'Helix Sensors', amount: 420 }, '2026-10-30'),
    paid({ number: 'M-1002', supplier: 'Nordic Test House', amount: 18_400, order: 'PO-1502' }, '2026-10-30', { approvals: [{ on: '2026-11-02', by: 'lena', decision: 'APPROVED', meaning }] }),
    paid({ number: 'M-1004', supplier: 'Kestrel Freight', amount: 31_000 }, '2026-10-30', { result: {}, approvals: [{ on: '2026-11-03', by: 'lena', decision: 'REJECTED', meaning: 'I do not approve the payment.', reason: 'There is no order for it.' }] }),
  ] },
  { key: 'invoices 2026-11', title: 'Invoices of November 2026', on: '2026-11-19', by: 'omar', priority: 'HIGH', items: [
    paid({ number: 'M-1011', supplier: 'Brno Mouldings', amount: 2_240 }, '2026-11-19'),
    paid({ number: 'M-1012', supplier: 'Helix Sensors', amount: 52_000, order: 'PO-1533' }, '2026-11-19', { awaitsApproval: true }),
    { ...paid({ number: 'M-1013', supplier: 'Helix Sensors', amount: 7_700 }, '2026-11-19'), attempts: failing('2026-11-19', 'The scan is cut off below the total.'), deadLetter: { on: '2026-11-19' } },
    { key: 'M-1014', type: 'INVOICE', content: { number: 'M-1014', supplier: 'Nordic Test House', amount: 5_600, currency: 'EUR' }, attempts: [] },
  ] },
];
