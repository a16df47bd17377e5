/** `npm run db:studio`: Prisma Studio, which speaks to servers only. */
import { loadConfig } from '../subgraphs/kernel/config/index.js';

if (loadConfig(undefined, { serves: false }).database.url === undefined) {
  console.error(
    'Prisma Studio needs a PostgreSQL server: set DATABASE_URL. The embedded store is open to one process alone.',
  );
  process.exitCode = 1;
} else {
  process.argv.splice(2, 0, 'studio');
  await import('./offline/prisma.js');
}
