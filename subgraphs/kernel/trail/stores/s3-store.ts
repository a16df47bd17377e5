/** A bucket of an S3-compatible store. Its own retention (object lock, versions) is what keeps an operator from taking objects back. */
import { S3mini } from 's3mini';
import { assertSameHead, latestName, nameOf, type CheckpointStore } from './store.js';

export interface S3Settings {
  /** `https://host/bucket/prefix`. */
  readonly url: URL;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const timeoutMs = 20_000;

export function createS3Store({ url, region, accessKeyId, secretAccessKey }: S3Settings): CheckpointStore {
  const [bucket = '', ...prefix] = url.pathname.split('/').filter((part) => part !== '');
  const client = new S3mini({
    endpoint: `${url.origin}/${bucket}`,
    region,
    accessKeyId,
    secretAccessKey,
    requestAbortTimeout: timeoutMs,
  });
  const keyOf = (name: string): string => [...prefix, name].join('/');
  return {
    name: `s3+${url.origin}${url.pathname}`,
    readLast: () => client.getObject(keyOf(latestName)),
    async publish({ size, note }) {
      const kept = await client.getObject(keyOf(nameOf(size)));
      if (kept !== null) assertSameHead(kept, note, size);
      else await put(client, keyOf(nameOf(size)), note);
      await put(client, keyOf(latestName), note);
    },
  };
}

async function put(client: S3mini, key: string, note: string): Promise<void> {
  const response = await client.putObject(key, note, 'text/plain; charset=utf-8');
  if (!response.ok) throw new Error(`the store answered ${response.status}`);
}
