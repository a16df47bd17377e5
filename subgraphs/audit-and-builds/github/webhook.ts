/** The webhook of a repository that leads to this Weft: registered or removed, whichever is wanted, however often it is tried. */
import { isNotFound, type GithubClient } from './client.js';

export interface WantedWebhook {
  readonly fullName: string;
  readonly url: string;
  readonly secret: string;
}

const events = ['push', 'pull_request', 'repository'];

/** Answers GitHub's number of it. One that leads here is brought up to date. */
export async function registerWebhook(client: GithubClient, { fullName, url, secret }: WantedWebhook): Promise<number> {
  const place = placeOf(fullName);
  const config = { url, content_type: 'json', secret, insecure_ssl: '0' };
  const known = await findWebhook(client, { fullName, url });
  if (known !== null) {
    const given = { ...place, hook_id: known, config, events, active: true };
    await client.request('PATCH /repos/{owner}/{repo}/hooks/{hook_id}', given);
    return known;
  }
  const { data } = await client.request('POST /repos/{owner}/{repo}/hooks', {
    ...place,
    name: 'web',
    config,
    events,
    active: true,
    // GitHub refuses a second one for the same address, but who tries again looks first all the same.
    request: { retries: 0 },
  });
  return data.id;
}

/** Only one that leads here. False when there was none. */
export async function removeWebhook(client: GithubClient, wanted: Omit<WantedWebhook, 'secret'>): Promise<boolean> {
  const known = await findWebhook(client, wanted);
  if (known === null) return false;
  try {
    await client.request('DELETE /repos/{owner}/{repo}/hooks/{hook_id}', {
      ...placeOf(wanted.fullName),
      hook_id: known,
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return true;
}

/** A repository has 20 webhooks for an event at most. */
async function findWebhook(
  client: GithubClient,
  { fullName, url }: Omit<WantedWebhook, 'secret'>,
): Promise<number | null> {
  const { data } = await client.request('GET /repos/{owner}/{repo}/hooks', { ...placeOf(fullName), per_page: 100 });
  return data.find(({ config }) => config.url === url)?.id ?? null;
}

function placeOf(fullName: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = fullName.split('/');
  return { owner, repo };
}
