/** How this page makes its connections, its own and that of its sound. */

// The library would prefer WebSocketStream. Chromium's crashes the page when a connection ends with
// pictures that a page has not read, as after a pause: 6 of 6 times, and none of 6 over a plain
// WebSocket.
Reflect.deleteProperty(globalThis, "WebSocketStream");

/** The library would stop trying after ten seconds: a network may be away for longer. */
export const patience = { initial: 500, multiplier: 2, max: 5000, timeout: 0 };
/** The library would wait half a second for WebTransport. */
export const atOnce = { delay: 0 };
