/**
 * Large modules of the runtime that no start needs: each is loaded on first use. `node:net`, which
 * `node:tls` and `node:tty` stand on, and `node:zlib` took a tenth of a start.
 */

/** Compression. */
export const zlib = () => process.getBuiltinModule("node:zlib");

/** Connections over TLS. */
export const tls = () => process.getBuiltinModule("node:tls");

/** Heap and collector. */
export const v8 = () => process.getBuiltinModule("node:v8");
