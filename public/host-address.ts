/** The address of this host's own MoQ endpoint. */

/**
 * The scheme is that of a WebSocket, which WebTransport does not accept and a host does not need.
 * Over HTTP the library would ask for a certificate fingerprint that does not exist.
 */
export function hostAddress(): URL {
  return new URL("/moq", location.origin.replace(/^http/, "ws"));
}
