/** Which input is intentional: pads report sensors, batteries and resting sticks by themselves. */
import type { InputEvent, PadEvent } from "./event.ts";

/**
 * A stick or a trigger at rest is near its centre, but not always in it: beyond this it counts as
 * moved.
 */
const stickMin = 8192;
const triggerMin = 64;

/** Whether somebody pressed, moved or touched something. */
export function isAction(event: InputEvent): boolean {
  switch (event.kind) {
    case "pad":
      return isPadUsed(event);
    case "pad_arrival":
    case "pad_motion":
    case "pad_battery":
    case "haptics":
      return false;
    default:
      return true;
  }
}

function isPadUsed(pad: PadEvent): boolean {
  const { buttons, leftTrigger, rightTrigger, leftX, leftY, rightX, rightY } = pad;
  const isMoved = [leftX, leftY, rightX, rightY].some((at) => Math.abs(at) >= stickMin);
  return buttons !== 0 || leftTrigger >= triggerMin || rightTrigger >= triggerMin || isMoved;
}
