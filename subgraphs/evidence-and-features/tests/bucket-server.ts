/** A bucket in an S3-compatible server of this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

export interface BucketServer {
  /** For `WEFT_DOCUMENTS_URL`, with a prefix. */
  readonly url: URL;
  /** Where the server keeps what it was given. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Sets the credentials of this process, as whoever starts it would. */
export async function startBucketServer(): Promise<BucketServer> {
  // eslint-disable-next-line no-restricted-syntax -- Amazon's client reads them, no setting of ours
  process.env['AWS_ACCESS_KEY_ID'] = process.env['AWS_SECRET_ACCESS_KEY'] = 'S3RVER';
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
    folder,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
