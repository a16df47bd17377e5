/** The mutations whose inputs carry files, logs, vectors or what a worker has made: only they may be large. */
export const ingests: ReadonlySet<string> = new Set([
  'auditRunComplete',
  'auditRunPerform',
  'buildLogsAppend',
  'contractSave',
  'processingJobComplete',
  'processingJobEmbeddingsStore',
  'scanIngest',
  'workItemComplete',
]);
