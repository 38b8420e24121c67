/** The differences between two sets of options, for a reader of the log. */
import { type Reason, reason } from "../model/reason.ts";
import type { EncodeOptions } from "./link.ts";

type Options = Pick<
  EncodeOptions,
  "width" | "height" | "picture" | "fps" | "bitrateKbps" | "preset"
>;

/** Both sides complete; the text names the differences. */
export function encoderChange(before: Options, after: Options): Reason<"encoder_changed"> {
  return reason("encoder_changed", {
    from_mode: sizeOf(before),
    to_mode: sizeOf(after),
    from_preset: before.preset ?? "",
    to_preset: after.preset ?? "",
    from_fps: before.fps,
    to_fps: after.fps,
    from_kbps: before.bitrateKbps,
    to_kbps: after.bitrateKbps,
  });
}

/** As it is encoded. */
function sizeOf({ width, height, picture }: Options): string {
  return `${picture?.width ?? width}x${picture?.height ?? height}`;
}
