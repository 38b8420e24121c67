/** A text that a player has copied, on GNOME: a session of remote control that does nothing else holds it. */
import { every, timers } from "../base/scheduler.ts";
import { type BusCall, type DBusConnection, DBusError } from "../dbus/connection.ts";
import { openSessionBus } from "../dbus/session-bus.ts";
import { options, Variant } from "../dbus/wire/value.ts";
import { textTypes } from "../wayland/clipboard.ts";
import { type HeldText, heldLookMs } from "../wayland/held-text.ts";
import { TextTransfers, transferCountMax } from "../wayland/text-transfers.ts";
import { enableClipboard, openMutterSession, patience } from "./mutter-clipboard.ts";

/** Throws with what is in the way. */
export function holdMutterText(text: string): HeldText {
  const bus = openSessionBus();
  try {
    return new HeldMutterText(bus, text);
  } catch (cause) {
    bus.close();
    throw cause;
  }
}

class HeldMutterText implements HeldText {
  readonly #bus: DBusConnection;
  readonly #transfers: TextTransfers;
  readonly #session: Omit<BusCall, "member">;
  readonly #stop: () => void;

  constructor(bus: DBusConnection, text: string) {
    this.#bus = bus;
    this.#transfers = new TextTransfers(text);
    this.#session = openMutterSession(bus);
    bus.watch(this.#signal("SelectionTransfer"));
    bus.watch(this.#signal("SelectionOwnerChanged"));
    const types = new Variant("as", textTypes);
    enableClipboard(bus, this.#session, options({ "mime-types": types }));
    this.#stop = every(timers, heldLookMs, () => this.#look());
  }

  close(): void {
    this.#stop();
    this.#transfers.close();
    this.#bus.close();
  }

  /** A bus that is gone, and a shell that hangs, hold nothing. */
  #look(): void {
    try {
      this.#giveToWhoAsks();
      this.#transfers.continue();
      if (this.#isLost()) this.close();
    } catch {
      this.close();
    }
  }

  #giveToWhoAsks(): void {
    for (let count = 0; count < transferCountMax; count++) {
      const [type, serial = 0] = this.#take("SelectionTransfer") ?? [];
      if (type === undefined) return;
      const done = (isWhole: boolean) =>
        void this.#call("SelectionWriteDone", "ub", [serial, isWhole]);
      const pipe = this.#call("SelectionWrite", "u", [serial])?.descriptors[0];
      if (pipe !== undefined) this.#transfers.give(pipe, textTypes.includes(String(type)), done);
    }
  }

  #isLost(): boolean {
    const [changed] = this.#take("SelectionOwnerChanged") ?? [];
    return changed instanceof Map && changed.get("session-is-owner") !== true;
  }

  #signal(member: string) {
    const { path, interface: named } = this.#session;
    return { path, interface: named, member };
  }

  #take(member: string) {
    return this.#bus.takeSignal(this.#signal(member))?.body;
  }

  /** `undefined` when the program no longer waits. */
  #call(member: string, signature: string, body: BusCall["body"] = []) {
    try {
      return this.#bus.call({ ...this.#session, member, signature, body }, patience);
    } catch (cause) {
      if (cause instanceof DBusError) return undefined;
      throw cause;
    }
  }
}
