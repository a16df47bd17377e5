/** How the gateway answers, for servers of tests that stand in for it; without jest, as programs use it too. */
export { sendJson } from '../../gateway/server/http/http-error.js';
