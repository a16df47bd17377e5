/** The settings of the audit trail's checkpoints. */
import { integer, isUrl, list, secret, text, type Variable } from './forms.js';

const storeProtocols = ['file:', 'http:', 'https:', 's3+http:', 's3+https:', 'git+file:', 'git+https:', 'git+ssh:'];

export const trailVariables = {
  WEFT_TRAIL_KEY: {
    schema: secret,
    expected: 'a private key of a C2SP signed note, as weft trail key prints it',
    description:
      'Signs checkpoints of the audit trail (Ed25519). Its name is the origin of the log. Without it none are made.',
    fallback: null,
    isSecret: true,
  },
  WEFT_TRAIL_KEY_PREVIOUS: {
    schema: secret,
    expected: 'a private key of a C2SP signed note',
    description:
      'The key before WEFT_TRAIL_KEY, under the same name: it signs too, until everybody who verifies knows the new one.',
    fallback: null,
    isSecret: true,
  },
  WEFT_TRAIL_CHECKPOINT_SECONDS: {
    schema: integer(1, 86_400),
    expected: '1 to 86400 seconds',
    description: 'How often a checkpoint is made when entries were sealed since the last (s).',
    fallback: '300',
  },
  WEFT_TRAIL_STORES: {
    schema: list(text.refine((value) => isUrl(value, storeProtocols)).transform((value) => new URL(value))),
    expected:
      'URLs separated by commas: file:///folder, s3+https://host/bucket/prefix?region=…, git+ssh://host/repository#branch, https://receiver',
    description:
      "Where checkpoints are brought: places that the database's owner does not rule. Of git the branch is main unless the URL names one.",
    fallback: null,
  },
  WEFT_TRAIL_S3_ACCESS_KEY_ID: {
    schema: text,
    expected: 'a text',
    description: 'Access key of the S3-compatible stores in WEFT_TRAIL_STORES.',
    fallback: null,
  },
  WEFT_TRAIL_S3_SECRET_ACCESS_KEY: {
    schema: secret,
    expected: 'a text',
    description: 'Its secret.',
    fallback: null,
    isSecret: true,
  },
} as const satisfies Record<string, Variable<unknown>>;
