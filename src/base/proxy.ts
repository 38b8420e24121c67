/**
 * The runtime sends its requests by a proxy that the environment names (`HTTP_PROXY`, `HTTPS_PROXY`),
 * those to this machine too, with the tokens in them. What is on this machine needs none.
 */

/** The runtime reads both, and believes the lower case where both are set. */
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
