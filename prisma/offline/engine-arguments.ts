/** The command line that Prisma gives its schema engine. */

export interface EngineArguments {
  readonly datamodels: readonly string[];
  readonly datasource: Datasource;
  /** What is left: `--version`, or `cli` and its command, or nothing. */
  readonly command: readonly string[];
}

export interface Datasource {
  readonly url?: string;
  readonly shadowDatabaseUrl?: string;
}

export function parseEngineArguments(argv: readonly string[]): EngineArguments {
  const datamodels: string[] = [];
  const command: string[] = [];
  let datasource: Datasource = {};
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? '';
    if (argument === '--datamodels') datamodels.push(argv[++at] ?? '');
    else if (argument === '--datasource') datasource = JSON.parse(argv[++at] ?? '{}') as Datasource;
    else if (argument === '--enabled-preview-features' || argument === '--extension-types') at++;
    else command.push(argument);
  }
  return { datamodels, datasource, command };
}
