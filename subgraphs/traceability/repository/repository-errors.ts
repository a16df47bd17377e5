/** What a violated constraint of the repositories means to the caller. */
import { userError, type UserErrors } from '../../kernel/errors/index.js';

export const gitUrlTaken: Readonly<Record<string, UserErrors>> = {
  repositories_git_url_key: userError('ALREADY_EXISTS', 'gitUrl', 'Another repository is registered with this gitUrl.'),
};
