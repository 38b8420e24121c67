/**
 * How often a session of any path looks at itself. `slot-count.ts`, `window-sampler.ts` and
 * `base/stop-watch.ts` know a stall, a pause and a stop by what goes beyond it: a session that looks
 * less often would take its own rest for a pause.
 */
export const sessionTickMs = 100;
