/** The store that the settings say. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../../kernel/config/index.js';
import { DatabasePlace } from './database-place.js';
import { DocumentStore } from './document-store.js';
import { FolderPlace } from './folder-place.js';

export async function openDocumentStore({
  documents: { url, s3 },
  database: { dataDir },
}: Pick<Config, 'documents' | 'database'>): Promise<DocumentStore> {
  if (url === undefined) return DocumentStore.inside(dataDir);
  const incoming = join(dataDir, 'documents', '.incoming');
  switch (url.protocol) {
    case 'file:':
      return new DocumentStore(new FolderPlace(fileURLToPath(url)));
    case 's3:': {
      // Nobody else waits for its client.
      const { BucketPlace } = await import('./bucket-place.js');
      return new DocumentStore(new BucketPlace(url, incoming, s3));
    }
    default:
      return new DocumentStore(new DatabasePlace(incoming));
  }
}
