/** Owns the story of Meridian: two years, three repositories, an incident, a failed audit, and how each was put right. */
import type { Chapter } from '../chapter.js';
import { accounts } from './accounts.js';
import { dosePortalStory } from './dose-portal/index.js';
import { drugLibraryStory } from './drug-library/index.js';
import { infusionPumpApi } from './infusion-pump-api/index.js';
import { memory } from './memory.js';
import { corrections } from './orders/corrections.js';
import { invoiceOrders } from './orders/invoices.js';
import { releases } from './orders/releases.js';
import { reviews } from './orders/reviews.js';

export const story: Chapter = {
  repositories: [infusionPumpApi, dosePortalStory, drugLibraryStory],
  accounts,
  orders: [...releases, ...corrections, ...invoiceOrders, ...reviews],
  memory,
};
