/**
 * Why a relay cannot be connected to: the library does not report the reason, the runtime's own
 * WebSocket does.
 */

/**
 * In words, without the address, which may contain a token; `undefined` if it accepts a connection
 * now, or the signal ends the wait.
 */
export function whyRefused(address: URL, signal: AbortSignal): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const url = new URL(address);
  url.protocol = url.protocol.replace("http", "ws");
  // Relays refuse a request without a protocol before they check its token.
  const socket = new WebSocket(url, ["qmux-01.moq-lite-05"]);
  socket.onerror = (event) => resolve(inWords("message" in event ? String(event.message) : ""));
  const leave = () => {
    resolve(undefined);
    socket.close();
  };
  socket.onopen = leave;
  signal.addEventListener("abort", leave);
  return promise;
}

/** The runtime's text is `WebSocket connection to '<address>' failed: <reason>`. */
function inWords(text: string): string {
  const reason = text.split("' failed: ").at(-1) ?? "";
  const [, status] = /status code: (\d{3})/.exec(reason) ?? [];
  if (status === "401" || status === "403") return `it refuses the token (${status})`;
  if (status !== undefined) return `it answers ${status}`;
  const [, certificate] = /^TLS handshake failed: (.+)/.exec(reason) ?? [];
  if (certificate !== undefined) return `its certificate is not trusted: ${certificate}`;
  return reason === "Failed to connect" || reason === "" ? "it does not answer" : reason;
}
