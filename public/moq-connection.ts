/** How this page's connections are made, its own and that of its sound. */

// The library would prefer it. Chromium's crashes the page when a connection ends with pictures that a
// page has not read, as after a pause: 6 of 6 times, and none of 6 over a plain WebSocket.
Reflect.deleteProperty(globalThis, "WebSocketStream");

/** The library would give up after ten seconds: a network may be away for longer. */
export const patience = { initial: 500, multiplier: 2, max: 5000, timeout: 0 };
/** The library would wait half a second for WebTransport. */
export const atOnce = { delay: 0 };
