/**
 * The rights of a private session: those of the host's own user, and nobody's for a host that runs
 * as root.
 */

/** The compositor refuses root, and a player's programs must not have it. */
const nobody = 65_534;

/** Whether sessions run as another user than the host. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Number of the user that a session's files and processes belong to. */
export function sessionUser(): number {
  return isRoot() ? nobody : (process.getuid?.() ?? nobody);
}

/**
 * A command with a session's rights, for everything the host does to a session's files and
 * processes: names and links planted by a program lead no further than the program's own rights.
 */
export function asSessionUser(...words: readonly string[]): string[] {
  const user = isRoot() ? [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : [];
  return ["setpriv", ...user, ...words];
}

/** For such a command: programs of the session can read it. */
export function plainEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "" };
}
