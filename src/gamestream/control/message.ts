/** A player's messages on the control stream, after unsealing. Invalid ones are dropped. */
import type { InputEvent, Rumble } from "../../input/event.ts";
import { type FecStatus, readFecStatus } from "./fec-status.ts";
import { readInput } from "./input-message.ts";
import type { ControlPacket } from "./seal.ts";

const types = {
  startB: 0x0307,
  idr: 0x0302,
  invalidate: 0x0301,
  ping: 0x0200,
  input: 0x0206,
  longTermAck: 0x0350,
  fecStatus: 0x5502,
} as const;

const terminationType = 0x0109;
/** The player takes it for a normal end. */
const terminationNormal = 0x8003_0023;

/** To the player: the session is over. */
export function terminationMessage(): ControlPacket {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(terminationNormal, 0);
  return { type: terminationType, payload };
}

const rumbleType = 0x010b;

/** To the player: u32 of no use, u16 LE pad, u16 LE low frequency, u16 LE high frequency. */
export function rumbleMessage({ pad, strong, weak }: Rumble): ControlPacket {
  const payload = Buffer.alloc(10);
  payload.writeUInt16LE(pad, 4);
  payload.writeUInt16LE(strong, 6);
  payload.writeUInt16LE(weak, 8);
  return { type: rumbleType, payload };
}

/** A parsed message of a player on the control stream. */
export type ControlMessage =
  | { readonly kind: "idr" }
  | { readonly kind: "invalidate"; readonly first: number; readonly last: number }
  | { readonly kind: "fec"; readonly status: FecStatus }
  | { readonly kind: "input"; readonly event: InputEvent }
  /** Ping, start and acknowledgements: they show that the player is alive, nothing else. */
  | { readonly kind: "alive" };

export function readControl(type: number, payload: Buffer): ControlMessage | undefined {
  switch (type) {
    case types.idr:
      return { kind: "idr" };
    case types.startB:
    case types.ping:
    case types.longTermAck:
      return { kind: "alive" };
    case types.invalidate:
      return readInvalidation(payload);
    case types.fecStatus: {
      const status = readFecStatus(payload);
      return status && { kind: "fec", status };
    }
    case types.input: {
      const event = readInput(payload);
      return event && { kind: "input", event };
    }
    default:
      return undefined;
  }
}

/** u32 LE first frame, u32 0, u32 LE last frame, three more u32 0. */
function readInvalidation(payload: Buffer): ControlMessage | undefined {
  if (payload.length < 12) return undefined;
  const first = payload.readUInt32LE(0);
  const last = payload.readUInt32LE(8);
  return first <= last ? { kind: "invalidate", first, last } : undefined;
}
