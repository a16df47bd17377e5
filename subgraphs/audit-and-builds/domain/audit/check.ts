/** What a check is: code, name, and a judgement over the files of a commit. */
import type { Repository } from './repository.js';
import type { AuditSubject, Judgement } from './types.js';

/** What a check looks at: the subject, with its sources read. */
export interface CheckInput extends AuditSubject {
  readonly repository: Repository;
}

export interface Check {
  readonly code: string;
  readonly name: string;
  run(input: CheckInput): Judgement | Promise<Judgement>;
}
