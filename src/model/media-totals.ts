/**
 * Layout of a sender's totals in a block of shared memory: `counters` reads what a sender in
 * another thread has added, to the byte.
 */
export const mediaSlots = {
  /** Payload of the frames; without parity and headers. */
  bytes: 0,
  frames: 1,
  /** One for each key frame. */
  groups: 2,
} as const;

export const mediaSlotCount = 3;
