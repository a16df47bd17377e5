import { loadBatched, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { refutedByPackage, verifySignature, type PublicKey, type SignatureVerdict } from '../domain/index.js';
import { listTrustedKeysByRepository } from '../repository/trusted-key.js';

const keysLoader = {};

export const SignedEvidence: { verifySignature: FieldResolver<Row, unknown, SignatureVerdict> } = {
  verifySignature: async (evidence, _args, context) => {
    const keys: readonly PublicKey[] = await loadBatched(
      context,
      keysLoader,
      String(evidence['_repository_id']),
      (ids) => listTrustedKeysByRepository(context.db, ids),
      String,
    );
    const verdict = await verifySignature(String(evidence['_jws_source'] ?? ''), keys, { now: new Date() });
    const fault = evidence['_package_fault'];
    return refutedByPackage(verdict, typeof fault === 'string' ? fault : null);
  },
};
