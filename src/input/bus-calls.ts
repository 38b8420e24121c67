/**
 * Names of the same things for Mutter and the portal. Both number keys and buttons as the kernel
 * does.
 */
import type { DBusHeader } from "../dbus/wire/message.ts";
import type { DBusValue } from "../dbus/wire/value.ts";
import type { BusInputTarget } from "../desktop/input-target.ts";
import type { NotifyCall } from "./bus-injector.ts";
import type { ScrollEvent } from "./event.ts";

const axes = { vertical: 0, horizontal: 1 };
const services = {
  mutter: {
    destination: "org.gnome.Mutter.RemoteDesktop",
    interface: "org.gnome.Mutter.RemoteDesktop.Session",
  },
  portal: {
    destination: "org.freedesktop.portal.Desktop",
    interface: "org.freedesktop.portal.RemoteDesktop",
  },
};
const portalPath = "/org/freedesktop/portal/desktop";

/** The calls of one session. Pure. */
export class BusCalls {
  readonly #target: BusInputTarget;
  readonly #isPortal: boolean;
  /** What all calls have in common. */
  readonly header: Pick<DBusHeader, "path" | "interface" | "destination">;

  constructor(target: BusInputTarget) {
    this.#target = target;
    this.#isPortal = target.service === "portal";
    const path = this.#isPortal ? portalPath : target.session;
    this.header = { ...services[target.service], path };
  }

  key(code: number, isDown: boolean): NotifyCall {
    return this.#call(
      "NotifyKeyboardKeycode",
      this.#isPortal ? "iu" : "ub",
      this.#pressed(code, isDown),
    );
  }

  /** A symbol of the desktop's layout; others do nothing there. */
  symbol(symbol: number, isDown: boolean): NotifyCall {
    return this.#call(
      "NotifyKeyboardKeysym",
      this.#isPortal ? "iu" : "ub",
      this.#pressed(symbol, isDown),
    );
  }

  button(code: number, isDown: boolean): NotifyCall {
    return this.#call(
      "NotifyPointerButton",
      this.#isPortal ? "iu" : "ib",
      this.#pressed(code, isDown),
    );
  }

  move(dx: number, dy: number): NotifyCall {
    const member = this.#isPortal ? "NotifyPointerMotion" : "NotifyPointerMotionRelative";
    return this.#call(member, "dd", [dx, dy]);
  }

  /** In pixels of the stream's picture. */
  moveTo(x: number, y: number): NotifyCall {
    const { stream } = this.#target;
    const type = this.#isPortal ? "u" : "s";
    const value = this.#isPortal ? Number(stream) : stream;
    return this.#call("NotifyPointerMotionAbsolute", `${type}dd`, [value, x, y]);
  }

  wheel(axis: ScrollEvent["axis"], steps: number): NotifyCall {
    return this.#call("NotifyPointerAxisDiscrete", "ui", [axes[axis], steps]);
  }

  #pressed(code: number, isDown: boolean): readonly DBusValue[] {
    return [code, this.#isPortal ? Number(isDown) : isDown];
  }

  #call(member: string, signature: string, body: readonly DBusValue[]): NotifyCall {
    if (!this.#isPortal) return [member, signature, body];
    return [member, `oa{sv}${signature}`, [this.#target.session, new Map(), ...body]];
  }
}

const absolute = "NotifyPointerMotionAbsolute";
const relative = /^NotifyPointerMotion(?:Relative)?$/;

/** Two consecutive moves as one; `undefined` for other calls. */
export function mergeMoves(first: NotifyCall, second: NotifyCall): NotifyCall | undefined {
  const [member, signature, body] = second;
  if (first[0] !== member) return undefined;
  if (member === absolute) return second;
  if (!relative.test(member)) return undefined;
  const sums = [-2, -1].map((at) => Number(first[2].at(at)) + Number(body.at(at)));
  return [member, signature, [...body.slice(0, -2), ...sums]];
}
