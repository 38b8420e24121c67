/** Opens the way of passing input on that a source names. */
import { unreachable } from "../base/assert.ts";
import type { InputTarget } from "../desktop/input-target.ts";
import { BusInjector } from "./bus-injector.ts";
import { type Injector, type Placement, wholeStream } from "./injector.ts";
import { openWaylandInjector } from "./wayland-injector.ts";
import { openX11Injector } from "./x11-injector.ts";

/** Without `placement` the screen fills the stream. Rejects with `no_display`. */
export function openInjector(
  target: InputTarget,
  placement: Placement = wholeStream,
): Promise<Injector> {
  switch (target.kind) {
    case "x11":
      return openX11Injector(target.display, placement);
    case "wayland":
      return openWaylandInjector(target, placement);
    case "bus":
      return Promise.resolve(new BusInjector(target, placement));
    default:
      return unreachable(target);
  }
}
