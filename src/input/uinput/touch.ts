/** A player's fingers as a touch screen of this machine, ten at most. */
import type { TouchEvent } from "../event.ts";
import { type DeviceShape, type Uinput, UinputDevice } from "./device.ts";

/** Positions are shares of this. */
const extent = 65_535;
const pressureMax = 255;
const fingerCountMax = 10;
const trackingIdMax = 65_535;
const gone = -1;
const touchKey = 0x14a;
/** `ABS_…`. */
const axes = { x: 0, y: 1, slot: 0x2f, slotX: 0x35, slotY: 0x36, trackingId: 0x39, pressure: 0x3a };

const shape: DeviceShape = {
  identity: { name: "onglass touch screen", bus: 6, vendor: 0x1209, product: 0x0612, version: 1 },
  keys: [touchKey],
  absolute: [
    { code: axes.x, min: 0, max: extent },
    { code: axes.y, min: 0, max: extent },
    { code: axes.slot, min: 0, max: fingerCountMax - 1 },
    { code: axes.slotX, min: 0, max: extent },
    { code: axes.slotY, min: 0, max: extent },
    { code: axes.trackingId, min: 0, max: trackingIdMax },
    { code: axes.pressure, min: 0, max: pressureMax },
  ],
  isDirect: true,
};

/** A position on the streamed screen, as shares of its sides. */
export type Share = { readonly x: number; readonly y: number };

/** All fingers of one player. Close it with the session. */
export class UinputTouch {
  readonly #device: UinputDevice;
  /** By the player's number of a finger: its slot. */
  readonly #slots = new Map<number, number>();
  #trackingId = 0;

  /** @throws the system's error when the device cannot be made */
  constructor(uinput: Uinput) {
    this.#device = new UinputDevice(uinput, shape);
  }

  /** Hovering fingers have no position on a screen; more than ten are left out. */
  apply(event: TouchEvent, at: Share): void {
    switch (event.phase) {
      case "down":
        this.#down(event, at);
        break;
      case "move":
        this.#move(event, at);
        break;
      case "up":
      case "leave":
      case "cancel":
        this.#up([event.pointer]);
        break;
      case "cancel_all":
        this.release();
        break;
      default:
        break;
    }
  }

  /** All fingers go up. */
  release(): void {
    this.#up([...this.#slots.keys()]);
  }

  close(): void {
    this.release();
    this.#device.close();
  }

  #down(event: TouchEvent, at: Share): void {
    const slot = this.#freeSlot();
    if (slot === undefined || this.#slots.has(event.pointer)) return;
    this.#slots.set(event.pointer, slot);
    this.#device.putAxis(axes.slot, slot);
    this.#device.putAxis(axes.trackingId, this.#trackingId);
    this.#trackingId = (this.#trackingId + 1) % (trackingIdMax + 1);
    this.#place(event, at);
    if (this.#slots.size === 1) this.#device.putKey(touchKey, true);
    this.#device.sync();
  }

  #move(event: TouchEvent, at: Share): void {
    const slot = this.#slots.get(event.pointer);
    if (slot === undefined) return;
    this.#device.putAxis(axes.slot, slot);
    this.#place(event, at);
    this.#device.sync();
  }

  #up(pointers: readonly number[]): void {
    for (const pointer of pointers) {
      const slot = this.#slots.get(pointer);
      if (slot === undefined) continue;
      this.#slots.delete(pointer);
      this.#device.putAxis(axes.slot, slot);
      this.#device.putAxis(axes.trackingId, gone);
      if (this.#slots.size === 0) this.#device.putKey(touchKey, false);
    }
    this.#device.sync();
  }

  /** For single-touch programs the first finger is the only one. */
  #place({ pointer, pressure }: TouchEvent, at: Share): void {
    const x = Math.round(at.x * extent);
    const y = Math.round(at.y * extent);
    this.#device.putAxis(axes.slotX, x);
    this.#device.putAxis(axes.slotY, y);
    // 0 is a pressure that the player does not measure; on a screen it would not be a touch.
    const share = pressure > 0 ? Math.min(pressure, 1) : 0.5;
    this.#device.putAxis(axes.pressure, Math.max(1, Math.round(share * pressureMax)));
    if (this.#slots.keys().next().value !== pointer) return;
    this.#device.putAxis(axes.x, x);
    this.#device.putAxis(axes.y, y);
  }

  #freeSlot(): number | undefined {
    const used = new Set(this.#slots.values());
    for (let slot = 0; slot < fingerCountMax; slot++) if (!used.has(slot)) return slot;
    return undefined;
  }
}
