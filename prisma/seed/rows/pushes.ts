/** Pushes to main with their hashes and moments. */
import { at } from '../calendar.js';
import type { CommitStory, RepositoryStory } from '../chapter.js';
import { commitShaOf, idOf, pick } from '../ids.js';

export interface Push {
  readonly commit: CommitStory;
  readonly sha: string;
  readonly at: string;
  readonly scanId: string;
  readonly auditRunId: string;
}

export function commitsOf({ fullName, commits }: RepositoryStory): Push[] {
  return commits.map((commit, index) => {
    const name = `${fullName} ${index + 1}`;
    const minute = pick(name, 540);
    const time = `${String(8 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    return {
      commit,
      sha: shaOfPush(fullName, index + 1),
      at: at(commit.on, time),
      scanId: idOf(`scan ${fullName} ${commit.on}`),
      auditRunId: auditRunId(fullName, commit.on),
    };
  });
}

/** The first push is 1. */
export function shaOfPush(fullName: string, number: number): string {
  return commitShaOf(`${fullName} ${number}`);
}

export function auditRunId(fullName: string, on: string): string {
  return idOf(`audit run ${fullName} ${on}`);
}

/** The first push on that day or after it: the one that brought what was written until then. */
export function pushAt(pushes: readonly Push[], day: string): Push {
  const push = pushes.find(({ commit }) => commit.on >= day);
  if (push === undefined) throw new Error(`nothing was pushed on ${day} or after it`);
  return push;
}
