/** A player's pen as a pen display of this machine, with pressure, tilt and both ends. */
import { type PenEvent, penButtons } from "../event.ts";
import { type DeviceShape, type Uinput, UinputDevice } from "./device.ts";
import type { Share } from "./touch.ts";

const extent = 65_535;
const pressureMax = 4096;
/** Desktops recognize a pen only if it reports its size: as if it were 33 cm. */
const unitsPerMm = 200;
const unitsPerRadian = 57;
/** `BTN_TOOL_…`, by the end that is used. */
const tools = { pen: 0x140, eraser: 0x141 } as const;
const tipKey = 0x14a;
const keys: readonly (readonly [bit: number, code: number])[] = [
  [penButtons.primary, 0x14b],
  [penButtons.secondary, 0x14c],
  [penButtons.tertiary, 0x149],
];
/** `ABS_…`. */
const axes = { x: 0, y: 1, pressure: 0x18, tiltX: 0x1a, tiltY: 0x1b } as const;
const tilt = { min: -90, max: 90, resolution: unitsPerRadian };

const shape: DeviceShape = {
  identity: { name: "onglass pen", bus: 6, vendor: 0x1209, product: 0x0613, version: 1 },
  keys: [tools.pen, tools.eraser, tipKey, ...keys.map(([, code]) => code)],
  absolute: [
    { code: axes.x, min: 0, max: extent, resolution: unitsPerMm },
    { code: axes.y, min: 0, max: extent, resolution: unitsPerMm },
    { code: axes.pressure, min: 0, max: pressureMax },
    { code: axes.tiltX, ...tilt },
    { code: axes.tiltY, ...tilt },
  ],
  isDirect: true,
};

/** The pen of one player. Close it with the session. */
export class UinputPen {
  readonly #device: UinputDevice;
  #tool: number | undefined;
  #isDown = false;

  /** @throws the system's error when the device cannot be made */
  constructor(uinput: Uinput) {
    this.#device = new UinputDevice(uinput, shape);
  }

  apply(event: PenEvent, at: Share): void {
    const { phase } = event;
    if (phase === "leave" || phase === "cancel" || phase === "cancel_all") {
      this.release();
      return;
    }
    this.#use(tools[event.tool]);
    if (phase !== "buttons") {
      if (phase !== "move") this.#isDown = phase === "down";
      this.#place(event, at);
    }
    for (const [bit, code] of keys) this.#device.putKey(code, (event.buttons & bit) !== 0);
    this.#device.sync();
  }

  /** The pen is taken away. */
  release(): void {
    if (this.#tool === undefined) return;
    this.#isDown = false;
    this.#device.putAxis(axes.pressure, 0);
    this.#device.putKey(tipKey, false);
    for (const [, code] of keys) this.#device.putKey(code, false);
    this.#device.putKey(this.#tool, false);
    this.#device.sync();
    this.#tool = undefined;
  }

  close(): void {
    this.release();
    this.#device.close();
  }

  /** One end leaves before the other arrives. */
  #use(tool: number): void {
    if (this.#tool === tool) return;
    this.release();
    this.#tool = tool;
    this.#device.putKey(tool, true);
  }

  #place({ pressure, tilt: lean }: PenEvent, at: Share): void {
    this.#device.putAxis(axes.x, Math.round(at.x * extent));
    this.#device.putAxis(axes.y, Math.round(at.y * extent));
    // A player that does not measure the pressure sends 0, which would not be a touch.
    const share = pressure > 0 ? Math.min(pressure, 1) : 0.5;
    this.#device.putAxis(
      axes.pressure,
      this.#isDown ? Math.max(1, Math.round(share * pressureMax)) : 0,
    );
    this.#device.putAxis(axes.tiltX, Math.min(Math.max(-90, lean?.x ?? 0), 90));
    this.#device.putAxis(axes.tiltY, Math.min(Math.max(-90, lean?.y ?? 0), 90));
    this.#device.putKey(tipKey, this.#isDown);
  }
}
