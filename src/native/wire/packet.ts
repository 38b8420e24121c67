/**
 * Hot path: the datagrams of the native path, both directions.
 *
 *   clear, authenticated (12 bytes)      sealed: one of four kinds, see below       seal
 *   0  u32  session tag                  12 …                                       16 bytes, last
 *   4  u64  sequence, +1 a datagram
 *
 *   shard (kind 1)                                    ping (kind 2)       pong (kind 3)
 *   0  u8   kind                                      0  u8   kind        0  u8   kind
 *   1  u8   flags: 1 key, 2 repeat, 4 last            8  f64  sent us     8  f64  ping's sent us
 *   2  u8   block                                                         16 f64  received us
 *   3  u8   block count                                                   24 f64  pong sent us
 *   4  u8   shard: data first, then parity
 *   5  u8   data shards of this block
 *   6  u8   parity shards of this block
 *   7  u8   0
 *   8  u32  frame number, +1 a sent frame
 *   12 u32  bytes of the whole frame
 *   16 f64  start of capture, us on the host's clock
 *   24 …    shard
 *
 *   arrivals (kind 4)
 *   0  u8   kind
 *   4  u32  by how much the player itself was late since the last of these, us
 *   8  f64  highest sequence that has come
 *   16 f64  when it came, us on the player's clock
 *   24 f64  datagrams that have come since the session began
 *   32 f64  their bytes, seal and all
 *
 * All numbers are big-endian. A sequence stays below 2^53; bytes that say otherwise are not ours.
 */
export const clearBytes = 12;
export const sealBytes = 16;
export const shardHeaderBytes = 24;
export const packetOverheadBytes = clearBytes + shardHeaderBytes + sealBytes;
export const pingBytes = 16;
export const pongBytes = 32;
export const arrivalsBytes = 40;
/** A whole datagram, UDP payload. */
export const packetBytesMin = 500;
export const packetBytesMax = 1400;
export const packetBytesDefault = 1200;

export const shardKind = 1;
export const pingKind = 2;
export const pongKind = 3;
export const arrivalsKind = 4;

export const keyFlag = 1;
export const repeatFlag = 2;
export const lastFlag = 4;

/** Reused from packet to packet, so that reading one allocates nothing. */
export type ShardHeader = {
  flags: number;
  block: number;
  blockCount: number;
  shard: number;
  dataCount: number;
  parityCount: number;
  frame: number;
  frameBytes: number;
  captureUs: number;
};

/**
 * Times of a pong, in microseconds: ping sent on the player’s clock, ping received and pong sent on
 * the host’s.
 */
export type Pong = { sentUs: number; receivedUs: number; answeredUs: number };

/** The player's arrivals so far; reused from report to report. */
export type ArrivalCounts = {
  sequence: number;
  arrivedUs: number;
  receivedCount: number;
  receivedBytes: number;
  /** Delay of the player's own thread: messages meanwhile were read at most this much later. */
  lateUs: number;
};

/** A header to read into. */
export function emptyShardHeader(): ShardHeader {
  return {
    flags: 0,
    block: 0,
    blockCount: 1,
    shard: 0,
    dataCount: 1,
    parityCount: 0,
    frame: 0,
    frameBytes: 1,
    captureUs: 0,
  };
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Writes the header; the view has room for `shardHeaderBytes`. */
export function writeShardHeader(view: DataView, header: ShardHeader): void {
  view.setUint8(0, shardKind);
  view.setUint8(1, header.flags);
  view.setUint8(2, header.block);
  view.setUint8(3, header.blockCount);
  view.setUint8(4, header.shard);
  view.setUint8(5, header.dataCount);
  view.setUint8(6, header.parityCount);
  view.setUint8(7, 0);
  view.setUint32(8, header.frame);
  view.setUint32(12, header.frameBytes);
  view.setFloat64(16, header.captureUs);
}

/** False when the bytes are not a possible shard; `into` must not be used then. */
export function readShardHeader(view: DataView, into: ShardHeader): boolean {
  if (view.byteLength <= shardHeaderBytes || view.getUint8(0) !== shardKind) return false;
  into.flags = view.getUint8(1);
  into.block = view.getUint8(2);
  into.blockCount = view.getUint8(3);
  into.shard = view.getUint8(4);
  into.dataCount = view.getUint8(5);
  into.parityCount = view.getUint8(6);
  into.frame = view.getUint32(8);
  into.frameBytes = view.getUint32(12);
  into.captureUs = view.getFloat64(16);
  return (
    into.block < into.blockCount &&
    into.dataCount > 0 &&
    into.shard < into.dataCount + into.parityCount &&
    into.frameBytes > 0 &&
    isCount(into.captureUs)
  );
}

/** Writes a ping; the view has room for `pingBytes`. */
export function writePing(view: DataView, sentUs: number): void {
  view.setUint32(0, pingKind << 24);
  view.setUint32(4, 0);
  view.setFloat64(8, sentUs);
}

/** When the ping was sent; `undefined` for anything else. */
export function readPing(view: DataView): number | undefined {
  if (view.byteLength !== pingBytes || view.getUint8(0) !== pingKind) return undefined;
  const sentUs = view.getFloat64(8);
  return isCount(sentUs) ? sentUs : undefined;
}

/** Writes a pong; the view has room for `pongBytes`. */
export function writePong(view: DataView, pong: Pong): void {
  view.setUint32(0, pongKind << 24);
  view.setUint32(4, 0);
  view.setFloat64(8, pong.sentUs);
  view.setFloat64(16, pong.receivedUs);
  view.setFloat64(24, pong.answeredUs);
}

/** Whatever its times say. */
export function isPong(plain: Uint8Array): boolean {
  return plain.length === pongBytes && plain[0] === pongKind;
}

/** `undefined` for anything else, and for impossible times. */
export function readPong(view: DataView): Pong | undefined {
  if (view.byteLength !== pongBytes || view.getUint8(0) !== pongKind) return undefined;
  const pong = {
    sentUs: view.getFloat64(8),
    receivedUs: view.getFloat64(16),
    answeredUs: view.getFloat64(24),
  };
  const isSound = isCount(pong.sentUs) && isCount(pong.receivedUs) && isCount(pong.answeredUs);
  return isSound && pong.answeredUs >= pong.receivedUs ? pong : undefined;
}

/** Writes the arrivals; the view has room for `arrivalsBytes`. */
export function writeArrivals(view: DataView, counts: ArrivalCounts): void {
  view.setUint32(0, arrivalsKind << 24);
  view.setUint32(4, Math.min(counts.lateUs, 0xffff_ffff));
  view.setFloat64(8, counts.sequence);
  view.setFloat64(16, counts.arrivedUs);
  view.setFloat64(24, counts.receivedCount);
  view.setFloat64(32, counts.receivedBytes);
}

/** False for anything else, and for impossible numbers; `into` must not be used then. */
export function readArrivals(view: DataView, into: ArrivalCounts): boolean {
  if (view.byteLength !== arrivalsBytes || view.getUint8(0) !== arrivalsKind) return false;
  into.lateUs = view.getUint32(4);
  into.sequence = view.getFloat64(8);
  into.arrivedUs = view.getFloat64(16);
  into.receivedCount = view.getFloat64(24);
  into.receivedBytes = view.getFloat64(32);
  return (
    isCount(into.sequence) &&
    isCount(into.arrivedUs) &&
    isCount(into.receivedCount) &&
    isCount(into.receivedBytes)
  );
}

/** The session tag of a datagram, to find its session; undefined when it is too short. */
export function readTag(view: DataView): number | undefined {
  return view.byteLength > clearBytes + sealBytes ? view.getUint32(0) : undefined;
}

/** A whole number, at most 2^53: also keeps NaN and infinities out of later sums. */
function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
