/**
 * The screen of a Wayland compositor: finds the requested output and captures it in the best way
 * that the compositor offers. Errors have messages for people.
 */
import { systemClock } from "../base/clock.ts";
import { cutText } from "../base/cut-text.ts";
import { Obstacle } from "../base/obstacle.ts";
import { type Global, WaylandConnection } from "./connection.ts";
import { ImageCopy } from "./image-copy.ts";
import type { ScreenCapture, ScreenPicture } from "./picture.ts";
import { Screencopy } from "./screencopy.ts";
import type { Arguments } from "./wire/message.ts";

/** An output of a compositor, as people see it in their settings: `DP-1`, `HEADLESS-1`. */
export type WaylandOutput = {
  readonly name: string;
  readonly width: number;
  readonly height: number;
};

/** A change of size fails once or twice. */
const failedCountOff = 5;
const lookUs = 100_000;

/** One output of a compositor, captured into shared memory. Disposing disconnects. */
export class WaylandScreen implements Disposable {
  readonly #connection: WaylandConnection;
  readonly #capture: ScreenCapture;
  readonly output: WaylandOutput;
  readonly #clock = systemClock();
  #isPowerOff = false;
  #isGone = false;
  #lookedUs = 0;

  /** @param outputName the first output unless given. Throws with the reason. */
  constructor(path: string, outputName?: string) {
    this.#connection = new WaylandConnection(path);
    try {
      const outputs = findOutputs(this.#connection);
      const found = outputs.find(({ name }) => outputName === undefined || name === outputName);
      if (found === undefined) throw new Error(missingOutput(outputName, outputs));
      this.output = found;
      this.#connection.onGone = (name) => {
        if (name === found.global) this.#isGone = true;
      };
      this.#followPower(found.id);
      this.#capture = openCapture(this.#connection, found);
    } catch (cause) {
      this.#connection.close();
      throw cause;
    }
  }

  /** Why no more pictures will come; `undefined` while they may. */
  get fault(): string | undefined {
    return this.#isGone ? `output ${this.output.name} is gone` : this.#connection.fault;
  }

  /** The output is gone, but not the compositor. */
  get isOutputGone(): boolean {
    return this.#isGone;
  }

  /** The compositor currently provides no pictures: the screen is switched off. */
  get isOff(): boolean {
    return this.#isPowerOff || this.#capture.failedCount >= failedCountOff;
  }

  /** Readable when there may be a picture; a screen that is off must be polled. */
  get readyDescriptor(): number | undefined {
    return this.isOff ? undefined : this.#connection.descriptor;
  }

  /**
   * The newest picture since the last call, if any; waits this long for something to arrive. The
   * next one is requested before this returns, so that it can arrive while this one is read. It may
   * have another size: the memory of this one stays until the next call.
   */
  next(waitMs: number): ScreenPicture | undefined {
    this.#capture.release();
    if (this.isOff) return this.#look(waitMs);
    this.#capture.request();
    this.#connection.pump(waitMs);
    const picture = this.#capture.take();
    this.#capture.request();
    return picture;
  }

  /**
   * Some compositors refuse a copy of a screen that is off, others wait until it is on: asking
   * tells which.
   */
  #followPower(output: number): void {
    const { globals } = this.#connection;
    const global = globals.find((one) => one.interface === "zwlr_output_power_manager_v1");
    if (global === undefined) return;
    const manager = this.#connection.bind(global, 1);
    const power = this.#connection.makeObject((opcode, args) => {
      if (opcode === powerMode) this.#isPowerOff = args.uint() === 0;
    });
    this.#connection.send(manager.id, 0, [power, output]);
  }

  /** A screen that is off refuses at once: it is polled about ten times a second. */
  #look(waitMs: number): ScreenPicture | undefined {
    const nowUs = this.#clock.nowUs();
    if (nowUs - this.#lookedUs >= lookUs) {
      this.#lookedUs = nowUs;
      this.#capture.request();
    }
    this.#connection.pump(waitMs);
    return this.#capture.take();
  }

  [Symbol.dispose](): void {
    this.#capture[Symbol.dispose]();
    this.#connection.close();
  }
}

/** Outputs of the compositor at `path`. Throws when there is none to talk to. */
export function listOutputs(path: string): WaylandOutput[] {
  const connection = new WaylandConnection(path);
  try {
    captureGlobals(connection);
    return findOutputs(connection).map(({ name, width, height }) => ({ name, width, height }));
  } finally {
    connection.close();
  }
}

/** An output with its object on the connection, and its number in the registry. */
export type FoundOutput = WaylandOutput & {
  readonly id: number;
  readonly global: number;
  /** How it is turned, as `wl_output.transform` counts. */
  readonly transform: number;
};

const powerMode = 0;
const outputEvents = { geometry: 0, mode: 1, name: 4 };
const currentMode = 1;

/** All outputs that are there now. Throws when the compositor does not answer. */
export function findOutputs(connection: WaylandConnection): FoundOutput[] {
  const found = bindOutputs(connection);
  connection.roundTrip();
  return found;
}

/** Binds all outputs; names and sizes are known after the next round trip, and follow changes. */
export function bindOutputs(connection: WaylandConnection): FoundOutput[] {
  const globals = connection.globals.filter((global) => global.interface === "wl_output");
  return globals.map((global, index) => {
    const output = { id: 0, global: global.name, name: `${index + 1}`, ...unknown };
    output.id = connection.bind(global, 4, (opcode, args) => {
      if (opcode === outputEvents.geometry) output.transform = transformIn(args);
      if (opcode === outputEvents.name) output.name = cutText(args.string(), 100);
      if (opcode !== outputEvents.mode) return;
      if ((args.uint() & currentMode) === 0) return;
      output.width = args.int();
      output.height = args.int();
    }).id;
    return output;
  });
}

const unknown = { width: 0, height: 0, transform: 0 };

/** i32 x, y, physical width and height, subpixels; maker and model; the transform. */
function transformIn(args: Arguments): number {
  for (let skipped = 0; skipped < 5; skipped++) args.int();
  args.string();
  args.string();
  return args.uint() & 7;
}

/** For a message: there is no such output, and which ones exist. */
export function missingOutput(name: string | undefined, outputs: readonly WaylandOutput[]): string {
  const known = outputs.map((output) => output.name).join(", ");
  return name === undefined ? "it has no output" : `it has no output "${name}", only ${known}`;
}

type CaptureGlobals = {
  readonly shm: Global;
  readonly copy: Global | undefined;
  readonly sources: Global | undefined;
  readonly wlr: Global | undefined;
};

/** Throws if the compositor offers neither interface. */
function captureGlobals(connection: WaylandConnection): CaptureGlobals {
  const find = (name: string) => connection.globals.find((global) => global.interface === name);
  const shm = find("wl_shm");
  const copy = find("ext_image_copy_capture_manager_v1");
  const sources = find("ext_output_image_capture_source_manager_v1");
  const wlr = find("zwlr_screencopy_manager_v1");
  const isOffered = (copy !== undefined && sources !== undefined) || wlr !== undefined;
  if (shm === undefined || !isOffered) {
    throw new Obstacle(
      "capture_not_allowed",
      "it lets no program capture its screen (no ext-image-copy-capture, no wlr-screencopy)",
    );
  }
  return { shm, copy, sources, wlr };
}

function openCapture(connection: WaylandConnection, output: FoundOutput): ScreenCapture {
  const globals = captureGlobals(connection);
  const shm = connection.bind(globals.shm, 1).id;
  const { copy, sources, wlr } = globals;
  if (copy !== undefined && sources !== undefined) {
    const objects = { manager: connection.bind(copy, 1), sources: connection.bind(sources, 1) };
    const capture = new ImageCopy(connection, { ...objects, output: output.id, shm });
    connection.roundTrip();
    return capture;
  }
  if (wlr === undefined) throw new Error("it does not let programs capture its screen");
  return new Screencopy(connection, { manager: connection.bind(wlr, 3), output, shm });
}
