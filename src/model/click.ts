/** From an input in the page to the picture that answers it. */
import { type Static, Type } from "@sinclair/typebox";

const time = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 60_000_000, description: `${description}, microseconds` });

/** The parts of the way, one after the other; they add up to `total_us` but for rounding. */
export const clickShape = {
  to_host_us: time("From the input in the page until the host had it"),
  to_capture_us: time("From there until the capture of the picture that answers it"),
  to_encoded_us: time("From there until that picture was encoded"),
  to_shown_us: time("From there until it was seen in the page"),
  total_us: time("From the input until its picture was seen"),
  to_window_us: Type.Optional(
    time(
      "From the host until the probe window had it, beside the other parts; absent for the test picture",
    ),
  ),
};

export const ClickTimes = Type.Object(clickShape);
/** What one input took until its picture was seen. */
export type ClickTimes = Static<typeof ClickTimes>;
