/** Players ask for a receive buffer of 2 MB, so that a key frame does not overflow a busy one. */
import { dlopen, ptr } from "bun:ffi";

const bufferBytes = 2 * 1024 * 1024;
const solSocket = 1;
const soRcvbuf = 8;
const soRcvbufForce = 33;

export function growReceiveBuffer(socket: object): void {
  const fd = "fd" in socket ? socket.fd : undefined;
  if (typeof fd !== "number") return;
  const libc = dlopen("libc.so.6", {
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  });
  const value = ptr(Int32Array.of(bufferBytes));
  for (const option of [soRcvbuf, soRcvbufForce]) {
    libc.symbols.setsockopt(fd, solSocket, option, value, 4);
  }
}
