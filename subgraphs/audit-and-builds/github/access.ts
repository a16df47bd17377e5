/** As whom a repository of GitHub is accessed: the App where it is installed, else the user who connected it. */
import { createAppAuth } from '@octokit/auth-app';
import type { Config } from '../../kernel/config/index.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import type { Logger } from '../../kernel/log/index.js';
import { createClient, GithubFailure, isNotFound, toFailure, type GithubClient } from './client.js';

/** A repository, with the sealed token of the user who connected it. */
export interface GithubRepository {
  readonly fullName: string;
  readonly githubRepoId: number;
  /** Null when there is none. */
  readonly token: { readonly text: string; readonly keyId: string; readonly owner: string } | null;
}

export type GithubAccess =
  | { readonly kind: 'app'; readonly client: GithubClient; readonly appId: number; readonly installationId: number }
  | { readonly kind: 'user'; readonly client: GithubClient; readonly token: string };

export interface GithubOptions {
  readonly settings: Config['github'];
  /** Opens the tokens of users. */
  readonly keyring: Keyring | null;
  readonly log: Pick<Logger, 'warn'>;
}

export class Github {
  readonly #options: GithubOptions;
  readonly #app: GithubClient | null;
  readonly #installations = new Map<number, GithubClient>();

  constructor(options: GithubOptions) {
    this.#options = options;
    this.#app = this.#openApp();
  }

  get publicUrl(): string | null {
    return this.#options.settings.publicUrl;
  }

  /** Where git fetches the repository. */
  remoteOf(fullName: string): string {
    return `${this.#options.settings.url}/${fullName}.git`;
  }

  /** Null when there is no way. Throws GithubFailure. */
  async accessTo(repository: GithubRepository): Promise<GithubAccess | null> {
    const { settings } = this.#options;
    const installationId = await this.#installationOf(repository);
    if (installationId !== null && settings.app !== null) {
      return { kind: 'app', client: this.#installation(installationId), appId: settings.app.id, installationId };
    }
    const token = this.#openToken(repository);
    if (token === null) return null;
    const client = createClient(this.#client, { auth: token }, `user ${repository.token?.owner ?? ''}`);
    return { kind: 'user', client, token };
  }

  /** For git: of the App one that reads this repository and nothing else. Null when there is none. Throws GithubFailure. */
  async fetchToken(repository: GithubRepository): Promise<string | null> {
    const access = await this.accessTo(repository);
    if (access?.kind !== 'app') return access?.token ?? null;
    try {
      const { token } = (await access.client.auth({
        type: 'installation',
        repositoryIds: [repository.githubRepoId],
        permissions: { contents: 'read' },
      })) as { token: string };
      return token;
    } catch (error) {
      throw toFailure(error, 'The App has no token for the repository');
    }
  }

  get #client(): Parameters<typeof createClient>[0] {
    return { apiUrl: this.#options.settings.apiUrl, log: this.#options.log };
  }

  #openApp(installationId?: number): GithubClient | null {
    const { app } = this.#options.settings;
    if (app === null) return null;
    const auth = {
      appId: app.id,
      privateKey: app.key.reveal(),
      ...(installationId !== undefined && { installationId }),
    };
    return createClient(
      this.#client,
      { authStrategy: createAppAuth, auth },
      `installation ${installationId ?? 'none'}`,
    );
  }

  #installation(id: number): GithubClient {
    const client = this.#installations.get(id) ?? this.#openApp(id);
    if (client === null) throw new Error('there is no App');
    this.#installations.set(id, client);
    return client;
  }

  async #installationOf({ fullName }: GithubRepository): Promise<number | null> {
    if (this.#app === null) return null;
    const [owner = '', repo = ''] = fullName.split('/');
    try {
      const { data } = await this.#app.request('GET /repos/{owner}/{repo}/installation', { owner, repo });
      return data.id;
    } catch (error) {
      if (isNotFound(error)) return null;
      throw toFailure(error, 'Where the App is installed is not known');
    }
  }

  #openToken({ token, fullName }: GithubRepository): string | null {
    const { keyring } = this.#options;
    if (token === null) return null;
    if (keyring === null || !keyring.has(token.keyId)) {
      throw new GithubFailure(
        `No key at hand opens the token that ${fullName} is accessed with: WEFT_ENCRYPTION_KEY is not set, or another.`,
      );
    }
    return keyring.open(token, token.owner);
  }
}
