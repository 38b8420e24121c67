/** What can wait is done when the browser has nothing else to do, or after a while all the same. */

const waitMsMax = 200;

export function whenIdle(work: () => void, signal: AbortSignal): void {
  const run = () => {
    if (!signal.aborted) work();
  };
  if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: waitMsMax });
  else setTimeout(run, 1);
}
