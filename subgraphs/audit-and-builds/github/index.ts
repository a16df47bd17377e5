/** Owns whatever is asked of GitHub's API: one client, as whom it is asked, and what waits to be done there. */
export { Github, type GithubOptions } from './access.js';
export { GithubFailure } from './client.js';
export { GithubWorker, type GithubWorkerOptions } from './worker.js';
