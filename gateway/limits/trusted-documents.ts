/** What is answered where only operations are let in that were registered beforehand. */
import { RequestError } from '../../subgraphs/kernel/errors/index.js';

/** A document that is not registered, in the mode that lets no other in. */
export function documentNotTrusted(): RequestError {
  return new RequestError(
    'FORBIDDEN',
    'This server answers registered operations only, and this one is not registered.',
    {
      extensions: { reason: 'DOCUMENT_NOT_TRUSTED' },
    },
  );
}
