/**
 * Input for a compositor that accepts it from programs: wlroots' virtual pointer and virtual
 * keyboard, otherwise KWin's own protocol. The former has two keyboards: one with the keymap of the
 * desktop for keys by position, one whose keys are assigned to the characters of a text. After a
 * restart of the compositor it reconnects.
 */
import { type Clock, systemClock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { type Cancel, timers } from "../base/scheduler.ts";
import type { InputTarget, TargetSize } from "../desktop/input-target.ts";
import { WaylandConnection } from "../wayland/connection.ts";
import { followArea } from "../wayland/logical-area.ts";
import { bindOutputs } from "../wayland/screen.ts";
import type { InputEvent } from "./event.ts";
import { giveInput, type Injector, type KeyboardAndMouse, type Placement } from "./injector.ts";
import { fakeInputName, fakeInputVersionMax, KdeInput } from "./kde-input.ts";
import { bindSeat, readSeatKeymap } from "./seat-keymap.ts";
import { VirtualKeyboard } from "./virtual-keyboard.ts";
import { VirtualPointer } from "./virtual-pointer.ts";
import { WaylandKeys } from "./wayland-keys.ts";

type WaylandTarget = Extract<InputTarget, { kind: "wayland" }>;

const closeDeadlineMs = 2000;
const flushMs = 5;
const reopenMs = 1000;

/** Of the screen that is streamed; its size may change. */
type Screen = { size: TargetSize };

/** State that exists while the compositor does. */
type Devices = {
  readonly connection: WaylandConnection;
  readonly desktop: KeyboardAndMouse;
  /** Releases all keys and buttons. */
  release(): void;
};

/** Rejects with `no_display` and the reason. */
export async function openWaylandInjector(
  target: WaylandTarget,
  placement: Placement,
): Promise<Injector> {
  const screen: Screen = { size: target.size };
  const open = () => openDevices(target, () => placement(screen.size));
  return new WaylandInjector(await open(), { open, screen });
}

async function openDevices(
  target: WaylandTarget,
  place: () => ReturnType<Placement>,
): Promise<Devices> {
  let connection: WaylandConnection | undefined;
  try {
    connection = await WaylandConnection.open(target.path);
    const isKde = connection.globals.some((one) => one.interface === fakeInputName);
    const make = isKde ? makeKdeInput : makeDevices;
    return await make(connection, target, place);
  } catch (cause) {
    connection?.close();
    const reason = messageOf(cause);
    const message = `Cannot forward input to "${target.path}": ${reason}`;
    throw new Failure("no_display", message, { cause });
  }
}

/** KWin's: of the streamed output, otherwise of the first. */
async function makeKdeInput(
  connection: WaylandConnection,
  target: WaylandTarget,
  place: () => ReturnType<Placement>,
): Promise<Devices> {
  const global = connection.globals.find((one) => one.interface === fakeInputName);
  const outputs = bindOutputs(connection);
  await connection.settle();
  const output = outputs.find(({ name }) => name === target.output) ?? outputs[0];
  if (global === undefined || output === undefined) throw new Error("it has no output");
  const area = followArea(connection, output);
  const manager = connection.bind(global, fakeInputVersionMax);
  const desktop = new KdeInput(connection, { manager, area, place });
  await connection.settle();
  return { connection, desktop, release: () => desktop.release() };
}

async function makeDevices(
  connection: WaylandConnection,
  target: WaylandTarget,
  place: () => ReturnType<Placement>,
): Promise<Devices> {
  const global = (name: string) => {
    const found = connection.globals.find((one) => one.interface === name);
    if (found === undefined) throw new Error(`it does not accept input from programs (no ${name})`);
    return found;
  };
  const pointers = connection.bind(global("zwlr_virtual_pointer_manager_v1"), 2);
  const keyboards = connection.bind(global("zwp_virtual_keyboard_manager_v1"), 1);
  const outputs = bindOutputs(connection);
  const seat = bindSeat(connection);
  await connection.settle();
  const keymap = await readSeatKeymap(connection, seat, process.env);
  const clock: Clock = systemClock();
  const nowMs = () => Math.floor(clock.nowUs() / 1000) >>> 0;
  const how = { manager: keyboards.id, seat: seat.object.id, nowMs };
  const byPlace = new VirtualKeyboard(connection, how);
  byPlace.setKeymap(keymap.text);
  const byText = new VirtualKeyboard(connection, how);
  const keys = new WaylandKeys(connection, { byPlace, byText, hasLevel3: keymap.hasLevel3 });
  const output = outputs.find(({ name }) => name === target.output);
  const pointer = new VirtualPointer(connection, {
    ...{ manager: pointers, seat: seat.object.id, output: output?.id, nowMs, place },
  });
  await connection.settle();
  const desktop: KeyboardAndMouse = {
    key: (event) => keys.key(event),
    type: (text) => keys.type(text),
    point: (event) => pointer.point(event),
    move: (event) => pointer.move(event),
    button: (event) => pointer.button(event),
    scroll: (event) => pointer.scroll(event),
  };
  const release = () => {
    keys.release();
    pointer.release();
  };
  return { connection, desktop, release };
}

class WaylandInjector implements Injector {
  #devices: Devices;
  readonly #open: () => Promise<Devices>;
  readonly #screen: Screen;
  #cancel: Cancel | undefined;
  #isReopening = false;
  #isClosed = false;

  constructor(devices: Devices, how: { open: () => Promise<Devices>; screen: Screen }) {
    this.#devices = devices;
    this.#open = how.open;
    this.#screen = how.screen;
  }

  resize(size: TargetSize): void {
    this.#screen.size = size;
  }

  inject(event: InputEvent): void {
    const { connection } = this.#devices;
    // The compositor's messages are read along the way: it must not block because of us.
    connection.pump(0);
    if (connection.fault !== undefined) {
      this.#reopenSoon();
      return;
    }
    giveInput(event, this.#devices.desktop);
    this.#flushSoon();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    const { connection, release } = this.#devices;
    release();
    // A compositor drops the requests of a disconnected client, so the connection ends after an
    // answer.
    await connection.settle(closeDeadlineMs).catch(() => undefined);
    connection.close();
  }

  /** A release that waits for a slow compositor is sent without another event. */
  #flushSoon(): void {
    if (this.#cancel !== undefined || !this.#devices.connection.isBehind) return;
    this.#cancel = timers.after(flushMs, () => {
      this.#cancel = undefined;
      const { connection } = this.#devices;
      connection.pump(0);
      if (connection.fault === undefined) this.#flushSoon();
      else this.#reopenSoon();
    });
  }

  #reopenSoon(): void {
    if (this.#isReopening || this.#isClosed) return;
    this.#isReopening = true;
    this.#devices.connection.close();
    timers.after(reopenMs, () => void this.#reopen());
  }

  async #reopen(): Promise<void> {
    const devices = await this.#open().catch(() => undefined);
    this.#isReopening = false;
    if (devices === undefined) return;
    if (this.#isClosed) devices.connection.close();
    else this.#devices = devices;
  }
}
