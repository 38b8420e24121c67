/** Stands in for the kernel's /dev/uinput: keeps what is asked and written, and reports what a test says. */
import type { Uinput } from "../../src/input/uinput/device.ts";

type Control = { readonly request: number; readonly argument: number | Buffer };

/** One device, from open to close. */
export class FakeDevice {
  readonly controls: Control[] = [];
  /** `type:code=value` of each event, a sync as `|`. */
  readonly events: string[] = [];
  /** Fills what a request is answered with. */
  onControl: (request: number, argument: Uint8Array) => boolean = () => true;
  isOpen = true;
  report: (bytes: Uint8Array) => void = () => undefined;

  /** Its name, as `UI_DEV_SETUP` gave it. */
  get name(): string {
    const setup = this.controls.find(({ request }) => request === 0x405c_5503)?.argument;
    return setup instanceof Buffer ? setup.toString("latin1", 8, setup.indexOf(0, 8)) : "";
  }

  /** Events since the last call. */
  taken(): string {
    return this.events.splice(0).join(" ");
  }

  /** An event of the kernel, with type, code and value. */
  say(type: number, code: number, value: number): void {
    const bytes = Buffer.alloc(24);
    bytes.writeUInt16LE(type, 16);
    bytes.writeUInt16LE(code, 18);
    bytes.writeInt32LE(value, 20);
    this.report(bytes);
  }
}

/** Give it to what makes devices. */
export class FakeUinput implements Uinput {
  readonly devices: FakeDevice[] = [];
  /** Thrown instead of opening. */
  fault: Error | undefined;

  get names(): readonly string[] {
    return this.devices.filter(({ isOpen }) => isOpen).map(({ name }) => name);
  }

  open(): number {
    if (this.fault !== undefined) throw this.fault;
    this.devices.push(new FakeDevice());
    return this.devices.length - 1;
  }

  control(descriptor: number, request: number, argument: number | Uint8Array): boolean {
    const device = this.#at(descriptor);
    const kept = typeof argument === "number" ? argument : Buffer.from(argument);
    device.controls.push({ request, argument: kept });
    return typeof argument === "number" || device.onControl(request, argument);
  }

  write(descriptor: number, bytes: Uint8Array, byteCount: number): void {
    const view = Buffer.from(bytes).subarray(0, byteCount);
    for (let at = 0; at < byteCount; at += 24) {
      const type = view.readUInt16LE(at + 16);
      const text = `${type}:${view.readUInt16LE(at + 18)}=${view.readInt32LE(at + 20)}`;
      this.#at(descriptor).events.push(type === 0 ? "|" : text);
    }
  }

  follow(descriptor: number, onBytes: (bytes: Uint8Array) => void): () => void {
    this.#at(descriptor).report = onBytes;
    return () => this.close(descriptor);
  }

  close(descriptor: number): void {
    this.#at(descriptor).isOpen = false;
  }

  #at(descriptor: number): FakeDevice {
    const device = this.devices[descriptor];
    if (device?.isOpen !== true) throw new Error(`Descriptor ${descriptor} is not open`);
    return device;
  }
}
