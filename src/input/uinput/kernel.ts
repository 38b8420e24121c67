/** /dev/uinput of this machine. */
import { constants, openSync } from "node:fs";
import { closeDescriptor, controlDevice, writeDevice } from "../../base/descriptors.ts";
import type { Uinput } from "./device.ts";

/** Where the kernel lets programs create devices. */
export const uinputPath = "/dev/uinput";

/** The kernel's own. Descriptors do not block. */
export const kernelUinput: Uinput = {
  open: () => openSync(uinputPath, constants.O_RDWR | constants.O_NONBLOCK),
  control: controlDevice,
  write: (descriptor, bytes, byteCount) => void writeDevice(descriptor, bytes, byteCount),
  follow: (descriptor, onBytes) => {
    // The runtime polls it together with everything else, with a descriptor of its own.
    const reader = Bun.file(descriptor).stream().getReader();
    void forward(reader, onBytes);
    return () => {
      closeDescriptor(descriptor);
      // The last descriptor: the runtime closes it in another thread, where the kernel takes its
      // time.
      reader.cancel().catch(() => undefined);
    };
  },
  close: closeDescriptor,
};

async function forward(
  reader: { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> },
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || value === undefined) return;
      onBytes(value);
    }
  } catch {
    // The device is gone: there are no more events.
  }
}
