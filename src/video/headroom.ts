/**
 * Keeps the garbage collector out of the frames' way. The FFmpeg binding reports each picture to it
 * as newly allocated memory, although FFmpeg takes it from a pool: at 720p that set off a full
 * collection of 1 to 3 ms every fourth frame. A collection comes when as much has been allocated as
 * is already held, so a large block that is held and never touched (and thus never backed by
 * memory) makes them rare: p99 of drawing a picture fell from 2.7 to 0.7 ms.
 */
const headroomBytes = 256 * 1024 * 1024;

/** To be kept for as long as frames flow. Where no address space is left, less smoothness has to do. */
export function reserveHeadroom(): ArrayBuffer | undefined {
  try {
    return new ArrayBuffer(headroomBytes);
  } catch {
    return undefined;
  }
}
