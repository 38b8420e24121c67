/**
 * The runtime sends its requests through the proxy of the environment (`HTTP_PROXY`,
 * `HTTPS_PROXY`), including those to this machine and their tokens. Local requests need no proxy.
 */

/** The runtime reads both, and prefers the lower case if both are set. */
const variables = { other: "NO_PROXY", first: "no_proxy" } as const;
const ownNames = ["localhost", "127.0.0.1", "::1", "[::1]"];

/**
 * Requests to these hosts go to them directly from now on, whatever proxy the environment names. Programs that
 * are started later inherit it.
 * @param env is changed
 */
export function reachDirectly(
  hosts: readonly string[] = ownNames,
  env: Record<string, string | undefined> = process.env,
): void {
  const given = env[variables.first] ?? env[variables.other] ?? "";
  const names = new Set(given.split(",").map((name) => name.trim()));
  names.delete("");
  for (const host of hosts) names.add(host);
  for (const variable of Object.values(variables)) env[variable] = [...names].join(",");
}
