/** Owns the places outside of the database that checkpoints are brought to. */
import type { TrailConfig } from '../../config/index.js';
import { createFileStore } from './file-store.js';
import { createGitStore } from './git-store.js';
import type { CheckpointStore } from './store.js';
import { createWebhookStore } from './webhook-store.js';
import { fileURLToPath } from 'node:url';

export type { CheckpointStore } from './store.js';

/** The stores that the configuration names, each loaded when it is one of them. */
export function openStores({ stores, s3 }: Pick<TrailConfig, 'stores' | 's3'>): Promise<CheckpointStore[]> {
  return Promise.all(
    stores.map(async (url) => {
      if (url.protocol === 'file:') return createFileStore(fileURLToPath(url));
      if (url.protocol.startsWith('git+')) {
        const remote = new URL(url.href.slice('git+'.length));
        const branch = remote.hash.slice(1) || 'main';
        remote.hash = '';
        return createGitStore({ remote: remote.href, branch });
      }
      if (!url.protocol.startsWith('s3+')) return createWebhookStore(url);
      if (s3 === undefined) throw new Error('the credentials of the store are missing');
      const { createS3Store } = await import('./s3-store.js');
      const place = new URL(url.href.slice('s3+'.length));
      return createS3Store({
        url: place,
        region: place.searchParams.get('region') ?? 'us-east-1',
        accessKeyId: s3.accessKeyId,
        secretAccessKey: s3.secretAccessKey.reveal(),
      });
    }),
  );
}
