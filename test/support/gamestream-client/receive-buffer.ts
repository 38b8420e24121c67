/** Players ask for a receive buffer of 2 MB, so that a key frame does not overflow a busy one. */
import { setSocketOption } from "../../../src/base/sockets.ts";

const bufferBytes = 2 * 1024 * 1024;
const solSocket = 1;
const soRcvbuf = 8;
const soRcvbufForce = 33;

export function growReceiveBuffer(socket: object): void {
  const fd = "fd" in socket ? socket.fd : undefined;
  if (typeof fd !== "number") return;
  for (const option of [soRcvbuf, soRcvbufForce]) {
    setSocketOption(fd, { level: solSocket, option, value: bufferBytes });
  }
}
