/**
 * NVIDIA's management library, for the figures that its driver has in no file. Without it, or if it
 * refuses, there are no such figures; one that a card lacks is left out. Only the first card.
 * Facts: nvml.h of the CUDA toolkit.
 */
import { dlopen, type Pointer, ptr, read } from "bun:ffi";
import type { GpuReading } from "./files.ts";
import { shareOf } from "./parse.ts";

const libraryName = "libnvidia-ml.so.1";
const success = 0;
const coreSensor = 0;
const graphicsClock = 0;

const calls = {
  nvmlInit_v2: { args: [], returns: "i32" },
  nvmlShutdown: { args: [], returns: "i32" },
  nvmlDeviceGetHandleByIndex_v2: { args: ["u32", "ptr"], returns: "i32" },
  nvmlDeviceGetUtilizationRates: { args: ["ptr", "ptr"], returns: "i32" },
  nvmlDeviceGetEncoderUtilization: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  nvmlDeviceGetMemoryInfo: { args: ["ptr", "ptr"], returns: "i32" },
  nvmlDeviceGetTemperature: { args: ["ptr", "i32", "ptr"], returns: "i32" },
  nvmlDeviceGetClockInfo: { args: ["ptr", "i32", "ptr"], returns: "i32" },
  nvmlDeviceGetEnforcedPowerLimit: { args: ["ptr", "ptr"], returns: "i32" },
} as const;

type Library = ReturnType<typeof dlopen<typeof calls>>;

/** An open library and its first card. */
export class Nvml implements Disposable {
  readonly #library: Library;
  readonly #card: Pointer;
  /** The results of a call: up to three numbers of 64 bits. */
  readonly #answer = new DataView(new ArrayBuffer(24));
  readonly #at: Pointer;
  readonly #period = new Uint32Array(1);

  private constructor(library: Library, card: Pointer) {
    this.#library = library;
    this.#card = card;
    this.#at = ptr(this.#answer);
  }

  /**
   * @param name of the library, or its path. `undefined` if it is missing, refuses, or has no card
   */
  static open(name = libraryName): Nvml | undefined {
    const library = load(name);
    if (library === undefined) return undefined;
    const { nvmlInit_v2, nvmlShutdown, nvmlDeviceGetHandleByIndex_v2 } = library.symbols;
    if (nvmlInit_v2() === success) {
      const handle = new BigUint64Array(1);
      const found = nvmlDeviceGetHandleByIndex_v2(0, ptr(handle)) === success;
      const card = found ? read.ptr(ptr(handle), 0) : 0;
      // A handle is an address.
      if (card !== 0) return new Nvml(library, card as Pointer);
      nvmlShutdown();
    }
    library.close();
    return undefined;
  }

  /** The card's figures now. Asks the driver: half a millisecond or so. */
  read(): GpuReading {
    const { symbols } = this.#library;
    const [card, at] = [this.#card, this.#at];
    const first = (code: number) =>
      code === success ? this.#answer.getUint32(0, true) : undefined;
    const busy = first(symbols.nvmlDeviceGetUtilizationRates(card, at));
    const encoder = first(symbols.nvmlDeviceGetEncoderUtilization(card, at, ptr(this.#period)));
    const celsius = first(symbols.nvmlDeviceGetTemperature(card, coreSensor, at));
    const mhz = first(symbols.nvmlDeviceGetClockInfo(card, graphicsClock, at));
    const milliwatts = first(symbols.nvmlDeviceGetEnforcedPowerLimit(card, at));
    return {
      busyShare: shareOf(busy),
      encoderShare: shareOf(encoder),
      memoryBytes: this.#memoryBytes(),
      celsius,
      mhz,
      powerLimitWatts: milliwatts === undefined ? undefined : milliwatts / 1000,
    };
  }

  [Symbol.dispose](): void {
    this.#library.symbols.nvmlShutdown();
    this.#library.close();
  }

  /** Total, free and used. */
  #memoryBytes(): number | undefined {
    const code = this.#library.symbols.nvmlDeviceGetMemoryInfo(this.#card, this.#at);
    return code === success ? Number(this.#answer.getBigUint64(16, true)) : undefined;
  }
}

function load(name: string): Library | undefined {
  try {
    return dlopen(name, calls);
  } catch {
    // Not on this machine, or too old to have all of these.
    return undefined;
  }
}
