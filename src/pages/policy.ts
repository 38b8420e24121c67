/** What pages and their workers may connect to. */

/** `connect-src` of a content security policy: this host, and another origin if one is given. */
export function connectSources(origin?: string): string {
  return `connect-src 'self'${origin === undefined ? "" : bySchemes(origin)}`;
}

/** Over HTTP and WebTransport, and as a WebSocket. */
function bySchemes(origin: string): string {
  const { host, protocol } = new URL(origin);
  const isSafe = protocol === "https:" || protocol === "wss:";
  const schemes = isSafe ? ["https", "wss"] : ["http", "https", "ws", "wss"];
  return schemes.map((scheme) => ` ${scheme}://${host}`).join("");
}
