/** Files as objects of a bucket, in S3 or what speaks its protocol. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { RequestError } from '../../../kernel/errors/index.js';
import type { Config } from '../../../kernel/config/index.js';
import type { Queryable, Transaction } from '../../../kernel/db/index.js';
import type { ArrivedFile, DocumentPlace, OpenedFile } from './document-place.js';

const connectTimeoutMs = 5_000;
/** Without a byte in either direction. */
const silenceTimeoutMs = 30_000;

const quiet = (): void => undefined;

export class BucketPlace implements DocumentPlace {
  readonly incoming: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  /**
   * `s3://bucket/prefix?region=…&endpoint=https://…`. With an endpoint the bucket is a part of its paths. Without
   * credentials they are found as Amazon's own tools find them.
   */
  constructor(url: URL, incoming: string, credentials: Config['documents']['s3']) {
    this.incoming = incoming;
    this.#bucket = url.hostname;
    const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    const endpoint = url.searchParams.get('endpoint');
    const region = url.searchParams.get('region');
    this.#client = new S3Client({
      ...(endpoint !== null && { endpoint, forcePathStyle: true }),
      ...((region !== null || endpoint !== null) && { region: region ?? 'us-east-1' }),
      ...(credentials !== undefined && {
        credentials: { ...credentials, secretAccessKey: credentials.secretAccessKey.reveal() },
      }),
      // Stores that are not Amazon's know no checksums of later years.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // What fails is told by whoever asked.
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      requestHandler: { connectionTimeout: connectTimeoutMs, socketTimeout: silenceTimeoutMs },
    });
    // `/bucket` in place of `/bucket/`: some stores leave the slash out when they check the signature of a list.
    this.#client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { path: string };
        if (request.path.length > 1) request.path = request.path.replace(/\/$/, '');
        return next(args);
      },
      { step: 'build' },
    );
  }

  /** Before the document is committed: an object that none came of is swept. */
  async put(_tx: Transaction, key: string, { bytes, temporary }: ArrivedFile): Promise<void> {
    const Body = createReadStream(temporary);
    await this.#client
      .send(new PutObjectCommand({ ...this.#object(key), Body, ContentLength: bytes }))
      .catch(unavailable)
      .finally(() => Body.destroy());
  }

  async open(_db: Queryable, key: string): Promise<OpenedFile | null> {
    try {
      const { ContentLength: bytes = 0 } = await this.#client.send(new HeadObjectCommand(this.#object(key)));
      return {
        bytes,
        stream: async (range) => {
          const Range = range && `bytes=${range.start}-${range.end}`;
          const wanted = new GetObjectCommand({ ...this.#object(key), Range });
          const { Body } = await this.#client.send(wanted).catch(unavailable);
          return Body as Readable;
        },
      };
    } catch (error) {
      if (error instanceof NotFound || error instanceof NoSuchKey) return null;
      return unavailable(error);
    }
  }

  async remove(_tx: Transaction, key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#object(key))).catch(unavailable);
  }

  async *listHashes(_db: Queryable, olderThanMs: number): AsyncGenerator<string> {
    const wanted = { Bucket: this.#bucket, Prefix: this.#prefix };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#client }, wanted)) {
      for (const { Key = '', LastModified } of Contents) {
        const [, hash] = /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(Key.slice(this.#prefix.length)) ?? [];
        const age = Date.now() - (LastModified?.getTime() ?? Date.now());
        if (hash !== undefined && age >= olderThanMs) yield hash;
      }
    }
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }
}

function unavailable(error: unknown): never {
  const { name, message } = error as Error;
  throw new RequestError(
    'DOCUMENTS_UNAVAILABLE',
    'The store of documents does not answer as it should. Try again later.',
    {
      cause: error,
      internal: `${name}: ${message}`,
    },
  );
}
