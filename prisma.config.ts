import { defineConfig, env } from 'prisma/config';

/** `env` throws when the variable is missing, and `generate` and `validate` need no database. */
function databaseUrl(): string | undefined {
  try {
    return env('DATABASE_URL');
  } catch {
    return undefined;
  }
}

const url = databaseUrl();

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  ...(url === undefined ? {} : { datasource: { url } }),
});
