/**
 * Hot path: how a frame is split into blocks and shards. Sender and player compute it in the same
 * way from the lengths of frame and shard, so a shard whose numbers disagree is not ours.
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

/** Blocks of a frame with this many data shards. */
export function blockCountOf(shardCount: number): number {
  return Math.ceil(shardCount / dataShardCountMax);
}

/** Index in the frame of a block's first data shard; for `block` = block count, the shard count. */
export function blockStart(block: number, blockCount: number, shardCount: number): number {
  return Math.floor((block * shardCount) / blockCount);
}

/** Length of a frame's parity shards; its data shards are padded to it with zeros. */
export function parityShardBytes(frameBytes: number, shardBytes: number): number {
  return Math.min(frameBytes, shardBytes);
}
