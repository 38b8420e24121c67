/** Opens the injector that a source names. */
import { unreachable } from "../base/assert.ts";
import { Failure } from "../base/failure.ts";
import type { InputTarget, TargetSize } from "../desktop/input-target.ts";
import { describeInputProblem } from "../model/input-problem.ts";
import { BusInjector } from "./bus-injector.ts";
import { type Injector, type Placement, wholeStream } from "./injector.ts";
import { problemOf } from "./player-devices.ts";
import { kernelUinput } from "./uinput/kernel.ts";
import { SeatInjector } from "./uinput/seat-injector.ts";
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
    case "seat":
      return openSeatInjector(target.size, placement);
    default:
      return unreachable(target);
  }
}

function openSeatInjector(size: TargetSize, placement: Placement): Promise<Injector> {
  try {
    return Promise.resolve(new SeatInjector(kernelUinput, { size, placement }));
  } catch (cause) {
    const { text } = describeInputProblem(problemOf(cause));
    const failure = new Failure("no_display", `Cannot forward input: ${text}`, { cause });
    return Promise.reject(failure);
  }
}
