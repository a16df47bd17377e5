/** The variables of documents: where they are kept, how large they may be, and their worker. */
import { integer, isDocumentsUrl, milliseconds, secret, text, type Variable } from './forms.js';

export const documentVariables = {
  WEFT_DOCUMENTS_URL: {
    schema: text.refine((value) => isDocumentsUrl(value)).transform((value) => new URL(value)),
    expected: 'file:///a/folder, database: or s3://bucket/prefix?region=…&endpoint=https://…',
    description:
      'Where uploaded documents are kept; all processes have to see it. `database:` needs nothing else; `s3:` takes any store that speaks its protocol, with the credentials below. The default is the folder `documents` in WEFT_DATA_DIR.',
    fallback: null,
  },
  WEFT_DOCUMENTS_S3_ACCESS_KEY_ID: {
    schema: text,
    expected: 'a text',
    description:
      'Access key of the store that WEFT_DOCUMENTS_URL names. Without it the credentials are found as Amazon’s own tools find them: their environment variables, a profile, the machine’s role.',
    fallback: null,
  },
  WEFT_DOCUMENTS_S3_SECRET_ACCESS_KEY: {
    schema: secret,
    expected: 'a text',
    description: 'Its secret.',
    fallback: null,
    isSecret: true,
  },
  WEFT_UPLOAD_MAX_BYTES: {
    schema: integer(1_000, 1_000_000_000),
    expected: '1000 to 1000000000 bytes',
    description: 'Largest document that POST /documents takes (bytes).',
    fallback: '52428800',
  },
  WEFT_PROCESSING_CONCURRENCY: {
    schema: integer(1, 50),
    expected: '1 to 50',
    description: 'Documents that one worker processes at a time.',
    fallback: '2',
  },
  WEFT_PROCESSING_LEASE_SECONDS: {
    schema: integer(1, 3_600),
    expected: '1 to 3600 seconds',
    description: 'How long a document whose worker died waits for another one (s).',
    fallback: '60',
  },
  WEFT_PROCESSING_POLL_MS: {
    schema: integer(50, 600_000),
    expected: `50 to 600000 ${milliseconds}`,
    description: 'How often an idle worker looks for documents (ms).',
    fallback: '1000',
  },
} as const satisfies Record<string, Variable<unknown>>;
