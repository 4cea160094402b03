/** What the user gave cannot be used: one line that says where, what, and what would be accepted. Exit code 2. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}
