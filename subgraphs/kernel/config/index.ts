/** Owns the configuration: what the environment may say, what each setting means, and where the package's files are. */
export { loadConfig, type AuthConfig, type TrailConfig, type Config, type LoadOptions } from './config.js';
export { packagePath, packageVersion } from './package-path.js';
export type { Secret } from './secret.js';
export { describeConfig, type VariableDescription } from './variables.js';
export { everyHeader, mayBeForwarded, type HeaderRule } from './header-rules.js';
export { childEnvironment } from './child-environment.js';
