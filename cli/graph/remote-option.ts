/** `--remote name=url`, as `start` and `gateway` take it. */
import { InvalidArgumentError } from 'commander';

/** Adds one `name=url` to those before it. */
export function addRemote(pair: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name = '', url = ''] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
  if (name === '' || !/^https?:/.test(url) || !URL.canParse(url)) {
    throw new InvalidArgumentError('It must be name=url, e.g. traceability=http://127.0.0.1:4101/graphql.');
  }
  return { ...before, [name]: url };
}
