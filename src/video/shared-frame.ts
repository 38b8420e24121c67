/** Per frame: one encoded frame shared by several consumers. */
import { assert } from "../base/assert.ts";
import type { EncodedFrame } from "./link.ts";

/** Each consumer that was given it calls `release` exactly once, then touches it no more. */
export type SharedFrame = EncodedFrame & { release(): void };

/** `giveBack` is called when the last of `holderCount` consumers has released the frame. */
export function shareFrame(
  frame: EncodedFrame,
  holders: { count: number; giveBack: () => void },
): SharedFrame {
  let leftCount = holders.count;
  const release = () => {
    assert(leftCount > 0, "a frame is released once by each consumer");
    leftCount -= 1;
    if (leftCount === 0) holders.giveBack();
  };
  return { ...frame, release };
}
