/** Workflow templates as they are saved: each save of something new is a version of its own. */
import type { Transaction } from '../../kernel/db/index.js';
import { userError, UserErrors } from '../../kernel/errors/index.js';
import { assertVersion, canonicalJson, write, type Writer, type Written } from '../../kernel/write/index.js';
import { fromPointer } from '../domain/schema-content.js';
import type { TemplateProblem, TemplateSpec } from '../domain/template-spec.js';
import { assertName, assertText } from '../domain/text-limits.js';
import {
  insertTemplate,
  listTemplateReferences,
  lockLatestTemplate,
  updateTemplateActive,
} from '../repository/templates.js';
import { builtInHandlers } from './handlers.js';

export interface TemplateInput {
  readonly name: string;
  readonly description?: string | null;
  /** As the caller sent it. */
  readonly spec: unknown;
  readonly expectedVersion?: number | null;
}

type Saved = Promise<Written<{ workflowTemplate: string }>>;

/** Versions never change, so that a run means the same however long it takes. The same again answers the latest version. */
export function saveTemplate(writer: Writer, input: TemplateInput): Saved {
  return write(writer, { operation: 'workflowTemplateSave' }, async (tx) => {
    const { name, description = null } = input;
    assertName('name', name);
    if (description !== null) assertText('description', description, { min: 0, max: 10_000 });
    const spec = await readSpec(tx, input.spec);
    const latest = await lockLatestTemplate(tx, name);
    if (input.expectedVersion != null)
      assertVersion({ expected: input.expectedVersion, current: latest?.version ?? 0 });
    if (latest !== null && latest.description === description && canonicalJson(latest.spec) === canonicalJson(spec))
      return { workflowTemplate: latest.id };
    const version = (latest?.version ?? 0) + 1;
    const key = await insertTemplate(tx, { name, version, description, spec, createdBy: writer.auth.subject });
    const details = { name, version, steps: spec.steps.length };
    tx.record({ type: 'WorkflowTemplate', key, action: 'workflowTemplateSaved', details });
    return { workflowTemplate: key };
  });
}

/** Whether runs may be started; runs that were go on. */
export function setTemplateActive(writer: Writer, id: string, isActive: boolean): Saved {
  return write(writer, { operation: 'workflowTemplateActiveSet' }, async (tx) => {
    const isChanged = await updateTemplateActive(tx, id, isActive);
    if (isChanged === null) throw userError('NOT_FOUND', 'workflowTemplateId', 'There is no such template.');
    if (isChanged)
      tx.record({
        type: 'WorkflowTemplate',
        key: id,
        action: isActive ? 'workflowTemplateActivated' : 'workflowTemplateDeactivated',
      });
    return { workflowTemplate: id };
  });
}

async function readSpec(tx: Transaction, given: unknown): Promise<TemplateSpec> {
  // With the first template that is saved: what parses and checks them is a library each.
  const [{ parseTemplate }, { checkTemplate, referencesOf }] = await Promise.all([
    import('../domain/template-parse.js'),
    import('../domain/template-rules.js'),
  ]);
  const draft = parseTemplate(given);
  const known = await listTemplateReferences(tx, referencesOf(draft));
  // What the built-in worker does needs no capability of the organisation's.
  const capabilities = new Set([...known.capabilities, ...Object.keys(builtInHandlers)]);
  const { spec, problems } = checkTemplate(draft, { ...known, capabilities });
  if (spec === null) throw new UserErrors(problems.flatMap((problem) => toUserError(problem).userErrors));
  return spec;
}

function toUserError({ code, path, message }: TemplateProblem): UserErrors {
  return userError('VALIDATION', ['spec', ...fromPointer(path)], `${code}: ${message}`);
}
