/** Memory that is shared with another program. */
import { type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { assert } from "./assert.ts";
import { closeDescriptor } from "./descriptors.ts";
import { errorNumber, openLibc } from "./libc.ts";

const libc = openLibc({
  memfd_create: { args: ["ptr", "u32"], returns: "i32" },
  ftruncate: { args: ["i32", "i64"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: "ptr" },
  munmap: { args: ["ptr", "u64"], returns: "i32" },
});

/** Memory that another program can map by its descriptor. Disposing unmaps and closes. */
export type SharedMemory = Disposable & { readonly descriptor: number; readonly bytes: Uint8Array };

/** Nobody can shrink it afterwards, so that reading never faults. Owned by the caller. */
export function makeSharedMemory(name: string, byteCount: number): SharedMemory {
  assert(byteCount > 0, "shared memory has a size");
  const descriptor = libc.memfd_create(ptr(Buffer.from(`${name}\0`)), 1 | 2);
  if (descriptor < 0) throw new Error(`Cannot make shared memory: error ${errorNumber()}`);
  const sealShrink = 2;
  const addSeals = 1033;
  const isSized = libc.ftruncate(descriptor, byteCount) === 0;
  const isSealed = isSized && libc.fcntl(descriptor, addSeals, sealShrink) === 0;
  const address = isSealed ? mapped(descriptor, byteCount) : undefined;
  if (address === undefined) {
    closeDescriptor(descriptor);
    throw new Error(`Cannot make ${byteCount} bytes of shared memory: error ${errorNumber()}`);
  }
  return {
    descriptor,
    bytes: new Uint8Array(toArrayBuffer(address, 0, byteCount)),
    [Symbol.dispose]: () => {
      libc.munmap(address, byteCount);
      closeDescriptor(descriptor);
    },
  };
}

function mapped(descriptor: number, byteCount: number): Pointer | undefined {
  const readWrite = 3;
  const shared = 1;
  const address = libc.mmap(null, byteCount, readWrite, shared, descriptor, 0);
  const isMapped = typeof address === "number" && address > 0;
  return isMapped ? address : undefined;
}
