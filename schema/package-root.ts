/** The folder that holds package.json: the same from source and from `dist/`, where no .graphql file is. */
import { existsSync } from 'node:fs';

function findUp(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder;
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('no package.json above schema/');
  return findUp(parent);
}

export const packageRoot: URL = findUp(new URL('.', import.meta.url));
