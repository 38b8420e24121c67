/**
 * Hot path: how a frame is cut into blocks and shards. Sender and player work it out alike from
 * the frame's length and the shard's, so a shard whose numbers disagree is not ours.
 *
 * Parity works on one block at a time and on at most 255 shards, so a large frame is split evenly
 * into blocks of at most 160 data shards, which leaves room for half as many parity shards.
 */
export const dataShardCountMax = 160;
/** Blocks of a frame are fewer: their number is one byte. */
export const blockCountLimit = 256;
export const frameBytesMax = 8 * 1024 * 1024;

/** Data shards of a frame. */
export function dataShardCount(frameBytes: number, shardBytes: number): number {
  return Math.ceil(frameBytes / shardBytes);
}

/** Blocks of a frame with so many data shards. */
export function blockCountOf(shardCount: number): number {
  return Math.ceil(shardCount / dataShardCountMax);
}

/** Index in the frame of a block's first data shard; for `block` = block count, the shard count. */
export function blockStart(block: number, blockCount: number, shardCount: number): number {
  return Math.floor((block * shardCount) / blockCount);
}

/** Length of a frame's parity shards; its shards are taken as that long, with zeros at the end. */
export function parityShardBytes(frameBytes: number, shardBytes: number): number {
  return Math.min(frameBytes, shardBytes);
}
