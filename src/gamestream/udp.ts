/**
 * A UDP socket that survives what comes back: without an `error` handler one ICMP message ends the
 * process, and a later send may throw it once more, so that each send is guarded by its caller.
 */
import type { udp } from "bun";
import { Failure } from "../base/failure.ts";

export type UdpSocket = udp.Socket<"buffer">;
export type UdpAddress = { readonly host: string; readonly port: number };

/** Rejects with `port_taken` when somebody else has the port. */
export async function openUdp(
  at: { readonly hostname: string; readonly port: number },
  onDatagram: (bytes: Buffer, from: UdpAddress) => void,
): Promise<UdpSocket> {
  try {
    return await Bun.udpSocket({
      hostname: at.hostname,
      port: at.port,
      socket: {
        data: (...[, bytes, port, host]) => onDatagram(bytes, { host, port }),
        error: () => undefined,
      },
    });
  } catch (cause) {
    throw new Failure("port_taken", `Cannot listen on UDP port "${at.port}"`, { cause });
  }
}
