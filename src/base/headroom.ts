/**
 * Keeps the garbage collector out of the frames' way, on a thread that encodes or sends. The runtime
 * collects by how much has been allocated beside what is held, and by what share of that the last
 * collection found dead, so a large block that is held and never touched (and thus never backed by
 * memory) makes collections rare.
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
