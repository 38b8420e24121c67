/**
 * How often a session of any path looks at itself. `slot-count.ts`, `window-sampler.ts` and
 * `base/stop-watch.ts` detect a stall, a pause and a stop by exceeding it: a session that looks
 * less often would mistake its own rest for a pause.
 */
export const sessionTickMs = 100;
/**
 * The same while its picture stands still and no frame is due: nothing can stall then. What measures by
 * ticks gets the length that was meant.
 */
export const restTickMs = 400;
