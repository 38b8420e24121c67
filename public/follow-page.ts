/** Makes a page monitor its own timers, paints and long tasks. */
import type { PageWatch } from "./page-facts.ts";
import { type PagePulse, tickMs } from "./page-pulse.ts";

/** Is notified of what happens in the page. */
export type PageParts = { readonly pulse: PagePulse; readonly watch: PageWatch };

/** Monitors the page it is called in until the signal aborts. */
export function followPage({ pulse, watch }: PageParts, signal: AbortSignal): void {
  const timer = window.setInterval(() => {
    pulse.tick(performance.now(), document.visibilityState === "hidden");
  }, tickMs);
  signal.addEventListener("abort", () => clearInterval(timer));
  const paint = (frameMs: number): void => {
    pulse.paint(performance.now());
    watch.refreshed(frameMs);
    if (!signal.aborted) requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
  followTasks(watch, signal);
}

/** Not every browser reports them. */
function followTasks(watch: PageWatch, signal: AbortSignal): void {
  if (!PerformanceObserver.supportedEntryTypes.includes("longtask")) return;
  watch.seesTasks();
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watch.took(duration);
  });
  observer.observe({ entryTypes: ["longtask"] });
  signal.addEventListener("abort", () => observer.disconnect());
}
