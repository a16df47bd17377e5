/** A bucket in an S3-compatible server of this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

export interface BucketServer {
  /** For `WEFT_DOCUMENTS_URL`, with a prefix. */
  readonly url: URL;
  readonly credentials: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startBucketServer(): Promise<BucketServer> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-bucket-'));
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'papers', configs: [] }],
  });
  await server.run();
  const { port } = server.httpServer.address() as AddressInfo;
  return {
    url: new URL(`s3://papers/of/weft?endpoint=${encodeURIComponent(`http://127.0.0.1:${port}`)}`),
    credentials: { WEFT_DOCUMENTS_S3_ACCESS_KEY_ID: 'S3RVER', WEFT_DOCUMENTS_S3_SECRET_ACCESS_KEY: 'S3RVER' },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
