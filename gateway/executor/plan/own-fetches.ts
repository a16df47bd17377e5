/** What a fragment fetches by itself, while it is found out. */
import type { GraphQLCompositeType } from 'graphql';
import type { PathSegment } from './plan-nodes.js';
import { Selections } from './selections.js';

/** The selections of one object type at one place, to be asked by its key. */
export interface Cut {
  readonly type: string;
  readonly path: readonly PathSegment[];
  readonly wanted: Selections;
  /** Where the part before selects the same objects. */
  readonly within: Locate;
  readonly fromRoot: Locate | null;
}

/** Finds, or makes, a place in the selections of a part. */
export type Locate = (part: Selections) => Selections;

export interface Place {
  readonly type: GraphQLCompositeType;
  readonly path: readonly PathSegment[];
  readonly within: Locate;
  /** What the parts before have selected here. */
  readonly earlier: readonly Selections[];
  /** Where the fragment's own fetch can select it again; null where a list or a mutation is in between. */
  readonly again: (() => Selections) | null;
  /** The same from the query's root alone. */
  readonly fromRoot: Locate | null;
}

/** What a fragment fetches by itself. */
export class OwnFetches {
  readonly root = new Selections();
  readonly cuts = new Map<string, Cut>();
  /** What is selected of the query's root where a field hands it out again. */
  readonly nestedRoots: { readonly path: readonly PathSegment[]; readonly wanted: Selections }[] = [];

  nestedRoot(path: readonly PathSegment[]): Selections {
    const wanted = new Selections();
    this.nestedRoots.push({ path, wanted });
    return wanted;
  }

  cut(place: Place): Selections {
    const key = `${place.type.name} ${JSON.stringify(place.path)}`;
    let cut = this.cuts.get(key);
    if (cut === undefined) {
      cut = {
        type: place.type.name,
        path: place.path,
        wanted: new Selections(),
        within: place.within,
        fromRoot: place.fromRoot,
      };
      this.cuts.set(key, cut);
    }
    return cut.wanted;
  }
}
