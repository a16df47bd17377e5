/** Which events a caller is entitled to: decided for a whole page at once, by the visibility that the entity maps declare. */
import type { Identity } from '../auth/index.js';
import type { Database } from '../db/index.js';
import { checkGlobalId, isUuid } from '../ids/index.js';
import { readVisibilityStatuses, type EntityMap, type VisibilityStatus, type Visibility } from '../read/index.js';
import type { Event } from './read.js';

export interface EntitledEvent extends Event {
  /** True when the row that the event is about was looked for and is no longer there. */
  readonly isGone: boolean;
}

export interface EntitlementRequest {
  readonly db: Database;
  readonly auth: Identity;
  /** Whether it matters that the row is still there: without it a caller who may see every row of a type costs no statement. */
  readonly rows: boolean;
}

/** By caller: those who see the same share one look at an event, which all live subscribers of a process are handed. */
type Looks = Map<string, Promise<VisibilityStatus>>;

export class Entitlement {
  readonly #mapsByType = new Map<string, EntityMap[]>();
  readonly #looks = new WeakMap<Event, Looks>();

  constructor(entities: Iterable<EntityMap>) {
    // A repository may be known to several domains: it is there when one of them has it.
    for (const map of entities) this.#mapsByType.set(map.type, [...(this.#mapsByType.get(map.type) ?? []), map]);
  }

  has(type: string): boolean {
    return this.#mapsByType.has(type);
  }

  /**
   * For `followEvents`: those of a page's events that the caller is to get, with one statement for each type and map. An event
   * is sent when its row may be seen now. When the row is gone nothing can be asked of it: then it is sent to those who may see
   * every row of its type, and to the account that the event belongs to.
   */
  admit({ db, auth, rows }: EntitlementRequest): (page: readonly Event[]) => Promise<EntitledEvent[]> {
    const caller = JSON.stringify([auth.subject, [...auth.scopes].sort()]);
    // A look is for all who see the same: it must not end with the one who happened to begin it.
    const shared = db.lane({ kind: 'caller', caller: 'feed followers', request: caller });
    return async (page) => {
      const sent = new Map<Event, boolean>();
      await Promise.all(
        [...byType(page)].map(async ([type, events]) => {
          const views = viewsOf(this.#mapsByType.get(type) ?? [], auth);
          const seesEvery = views.some(({ visible }) => visible === 'all');
          if (views.length === 0) return;
          if (seesEvery && !rows) return void events.forEach((event) => sent.set(event, false));
          const statuses = await this.#look(events, views, { db: shared, auth, caller });
          events.forEach((event, index) => {
            const status = statuses[index];
            const isOwn = auth.subject !== null && event.account === auth.subject;
            if (status === 'visible' || (status === 'gone' && (seesEvery || isOwn))) {
              sent.set(event, status === 'gone');
            }
          });
        }),
      );
      return page.flatMap((event) => {
        const isGone = sent.get(event);
        return isGone === undefined ? [] : [{ ...event, isGone }];
      });
    };
  }

  #look(events: readonly Event[], views: readonly View[], { db, auth, caller }: Looker): Promise<VisibilityStatus[]> {
    // Where no view depends on who is looking, all whom it lets see the same share one look.
    const isPersonal = views.some(({ visible }) => typeof visible === 'function');
    const key = isPersonal ? caller : views.map(({ map }) => map.table).join();
    const unseen = events.filter((event) => !this.#looksAt(event).has(key));
    if (unseen.length > 0) {
      const looked = lookAt(db, unseen, views, auth);
      unseen.forEach((event, index) => {
        const looks = this.#looksAt(event);
        const look = looked.then((statuses) => statuses[index] ?? 'gone');
        looks.set(key, look);
        // Whoever comes next looks again.
        look.catch(() => void (looks.get(key) === look && looks.delete(key)));
      });
    }
    return Promise.all(
      events.map((event) => this.#looksAt(event).get(key) ?? Promise.resolve<VisibilityStatus>('gone')),
    );
  }

  #looksAt(event: Event): Looks {
    let looks = this.#looks.get(event);
    if (looks === undefined) this.#looks.set(event, (looks = new Map<string, Promise<VisibilityStatus>>()));
    return looks;
  }
}

interface Looker {
  readonly db: Database;
  readonly auth: Identity;
  readonly caller: string;
}

/** A map through which the caller may see something. */
interface View {
  readonly map: EntityMap;
  readonly visible: Exclude<Visibility, 'none'>;
}

function viewsOf(maps: readonly EntityMap[], auth: Identity): View[] {
  return maps.flatMap((map) => {
    const visible = map.visible(auth);
    return visible === 'none' ? [] : [{ map, visible }];
  });
}

/** Visible when one domain lets it be seen, else hidden when one has it. */
async function lookAt(
  db: Database,
  events: readonly Event[],
  views: readonly View[],
  auth: Identity,
): Promise<VisibilityStatus[]> {
  const keys = events.map(({ id }) => checkGlobalId(id)?.key ?? '');
  const byView = await Promise.all(
    views.map(async ({ map }) => {
      const distinct = [...new Set(keys)].filter((key) => map.key.sqlType !== 'uuid' || isUuid(key));
      const statuses = await readVisibilityStatuses(db, { entity: map, keys: distinct, auth });
      return new Map(distinct.map((key, index) => [key, statuses[index]]));
    }),
  );
  return keys.map((key) => {
    const statuses = byView.map((view) => view.get(key));
    return statuses.find((one) => one === 'visible') ?? statuses.find((one) => one === 'hidden') ?? 'gone';
  });
}

function byType(page: readonly Event[]): Map<string, Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of page) {
    const group = groups.get(event.type);
    if (group === undefined) groups.set(event.type, [event]);
    else group.push(event);
  }
  return groups;
}
