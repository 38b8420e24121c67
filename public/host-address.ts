/** Where this host's own MoQ endpoint is. */

/**
 * By the scheme of a WebSocket: WebTransport does not take it, which a host does not speak. By HTTP the
 * library would ask for the fingerprint of a certificate that is not there.
 */
export function hostAddress(): URL {
  return new URL("/moq", location.origin.replace(/^http/, "ws"));
}
