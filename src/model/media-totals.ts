/**
 * How a sender in another thread lays out what it sent, in a block of shared totals: what
 * `counters` reads is what the sender added, to the byte.
 */
export const mediaSlots = {
  /** Payload of the frames; parity and headers left out. */
  bytes: 0,
  frames: 1,
  /** One for each key frame. */
  groups: 2,
} as const;

export const mediaSlotCount = 3;
