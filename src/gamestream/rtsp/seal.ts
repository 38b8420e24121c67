/**
 * The sealed form of RTSP messages, AES-128-GCM with the key of the launch.
 *
 *   0  u32 BE 0x80000000 | sealed bytes    4  u32 BE sequence    8  tag 16    24  sealed message
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { rtspBytesMax } from "./message.ts";

const headBytes = 24;
const tagStart = 8;
const sealedMark = 0x8000_0000;

/** The sender that sealed a message. */
export type RtspSide = "client" | "host";

/** The host's end of one launch: owns its key and numbers every answer once. */
export class RtspSeal {
  readonly #key: Buffer;
  #sequence = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Seals an answer. */
  seal(plain: Uint8Array): Buffer {
    this.#sequence += 1;
    return sealRtsp(plain, { key: this.#key, sequence: this.#sequence, side: "host" });
  }

  /** Opens the bytes received so far. */
  open(bytes: Buffer): ReturnType<typeof openRtsp> {
    return openRtsp(bytes, { key: this.#key, side: "client" });
  }
}

/** One sealed message. The caller ensures that no sequence repeats under one key. */
export function sealRtsp(
  plain: Uint8Array,
  { key, sequence, side }: { key: Buffer; sequence: number; side: RtspSide },
): Buffer {
  const cipher = createCipheriv("aes-128-gcm", key, ivOf(sequence, side));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  const head = Buffer.alloc(tagStart);
  head.writeUInt32BE((sealedMark | sealed.length) >>> 0, 0);
  head.writeUInt32BE(sequence, 4);
  return Buffer.concat([head, cipher.getAuthTag(), sealed]);
}

/** The plain text, Latin-1; "malformed" also when it was sealed with another key. */
export function openRtsp(
  bytes: Buffer,
  { key, side }: { key: Buffer; side: RtspSide },
): { readonly text: string } | "incomplete" | "malformed" {
  if (bytes.length < headBytes) return "incomplete";
  const first = bytes.readUInt32BE(0);
  const length = (first & ~sealedMark) >>> 0;
  if (first < sealedMark || length > rtspBytesMax) return "malformed";
  if (bytes.length < headBytes + length) return "incomplete";
  const decipher = createDecipheriv("aes-128-gcm", key, ivOf(bytes.readUInt32BE(4), side));
  decipher.setAuthTag(bytes.subarray(tagStart, headBytes));
  try {
    const start = decipher.update(bytes.subarray(headBytes, headBytes + length));
    return { text: Buffer.concat([start, decipher.final()]).toString("latin1") };
  } catch {
    return "malformed";
  }
}

function ivOf(sequence: number, side: RtspSide): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32LE(sequence, 0);
  iv.write(side === "client" ? "CR" : "HR", 10, "latin1");
  return iv;
}
