/** A server of uploads in a process of its own, to be killed: `folder`. Prints its URL. No upload gets as far as the database. */
import { writeSync } from 'node:fs';
import type { Database } from '../../kernel/db/index.js';
import { DocumentStore } from '../upload/index.js';
import { startUploadServer } from './upload-server.js';

const [folder = ''] = process.argv.slice(2);
const { url } = await startUploadServer({} as Database, DocumentStore.inside(folder), 10_000_000);
writeSync(1, `${url}\n`);
