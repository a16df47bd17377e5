/** Files on their way to a subgraph: a multipart request, or a refusal where the subgraph can't take one. */
import { Blob } from 'node:buffer';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import { takeOutFiles } from '../executor/fetch/uploaded-file.js';
import type { SubgraphRequest } from '../executor/types.js';

export interface MultipartBody {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Null when no file is among the variables. `toJson` writes the operation with the variables that it is given. */
export async function toMultipart(
  { variables, context }: SubgraphRequest,
  toJson: (variables: Record<string, unknown>) => string,
): Promise<MultipartBody | null> {
  if (context.hasFiles !== true || variables === undefined) return null;
  const { variables: withoutFiles, files } = takeOutFiles(variables);
  if (files.size === 0) return null;
  const form = new FormData();
  form.append('operations', toJson(withoutFiles));
  form.append('map', JSON.stringify(Object.fromEntries([...files.values()].map((paths, i) => [i, paths]))));
  [...files.keys()].forEach((file, i) => {
    form.append(String(i), new Blob([file.content], { type: file.mimeType }) as never, file.filename);
  });
  const encoded = new Response(form);
  return {
    contentType: encoded.headers.get('content-type') ?? 'multipart/form-data',
    body: Buffer.from(await encoded.arrayBuffer()),
  };
}

/** Throws for a transport that has no way to carry a file. */
export function refuseFiles({ subgraph, variables, context }: SubgraphRequest): void {
  if (context.hasFiles !== true || variables === undefined || takeOutFiles(variables).files.size === 0) return;
  throw new RequestError(
    'BAD_USER_INPUT',
    `The subgraph ${subgraph} takes no files here: only one asked over HTTP can.`,
  );
}
