/** Owns the configuration: what the environment may say, what each setting means, and where the package's files are. */
export { packagePath } from './package-path.js';
