/** Has a page watch its own timers and paints. */
import { type PagePulse, tickMs } from "./page-pulse.ts";

/** Follows the page that it is called in, until the signal ends it. */
export function followPage(pulse: PagePulse, signal: AbortSignal): void {
  const timer = window.setInterval(() => {
    pulse.tick(performance.now(), document.visibilityState === "hidden");
  }, tickMs);
  signal.addEventListener("abort", () => clearInterval(timer));
  const paint = (): void => {
    pulse.paint(performance.now());
    if (!signal.aborted) requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
}
