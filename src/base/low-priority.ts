/** Of a worker: everything that streams comes first. */
import { dlopen } from "bun:ffi";

const ofThread = 0;
const lowPriority = 10;

/** Of the calling thread alone, which Linux takes for a process here. */
export function lowerPriority(): void {
  const libc = dlopen("libc.so.6", {
    setpriority: { args: ["i32", "u32", "i32"], returns: "i32" },
  });
  libc.symbols.setpriority(ofThread, 0, lowPriority);
}
