/** Whose rights a private session has: the host's own user's, and of a host that runs as root nobody's. */

/** The compositor refuses root, and a player's programs have no business with it. */
const nobody = 65_534;

/** Whether sessions have another user than the host. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Number of the user that a session's files and processes belong to. */
export function sessionUser(): number {
  return isRoot() ? nobody : (process.getuid?.() ?? nobody);
}

/**
 * A command with a session's rights. What the host does to a session's files and processes it does
 * this way: names and links that a program put in its way lead no further than the program itself gets.
 */
export function asSessionUser(...words: readonly string[]): string[] {
  const user = isRoot() ? [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : [];
  return ["setpriv", ...user, ...words];
}

/** For such a command: programs of the session can read it. */
export function plainEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "" };
}
