/** What one file says of routes: which routers it has, what they answer, and where they are mounted. */

/** A path as far as it is known; `unknown` stands for a part that only the running program knows. */
export type PathText = string;
export const unknown = '\ue000';

/** A router, or a function that is given one: by a name that is unique in its file, or by a name that the file imports. */
export type RouterName = string;

export interface Route {
  readonly router: RouterName;
  /** Upper case; `*` for any. */
  readonly verbs: readonly string[];
  readonly path: PathText;
  readonly line: number;
}

export interface Mount {
  readonly parent: RouterName;
  readonly prefix: PathText;
  readonly child: Reference;
  /** Flask: this prefix stands in the place of the child's own. */
  readonly replacesPrefix?: boolean;
}

/** A name of this file, or what is under `member` in the module of that name. */
export interface Reference {
  readonly name: RouterName;
  readonly member: string | null;
}

/** A name that comes from elsewhere. `exported` null: the module itself. */
export interface Binding {
  readonly specifier: string;
  readonly exported: string | null;
}

export interface WebFacts {
  /** Routers that are made here, with the prefix that they are made with. */
  readonly routers: ReadonlyMap<RouterName, PathText>;
  readonly routes: readonly Route[];
  readonly mounts: readonly Mount[];
  readonly bindings: ReadonlyMap<string, Binding>;
  /** What others get under a name. */
  readonly exports: ReadonlyMap<string, Reference>;
  /** Texts by name, for paths that are put together elsewhere. */
  readonly constants: ReadonlyMap<string, string>;
  /** NestJS: before every controller of its package. */
  readonly globalPrefix: PathText | null;
}
