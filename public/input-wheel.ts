/** How far the wheel was turned, in the host's units: 120 is a notch, up and right are positive. */
const notch = 120;
const pixelsInNotch = 100;
const linesInNotch = 3;

type Turn = Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode"> & {
  /** Specific to Chromium and Safari: whole notches are whole multiples of 120. */
  readonly wheelDeltaX?: number;
  readonly wheelDeltaY?: number;
};

export function wheelTurn(event: Turn): { readonly up: number; readonly right: number } {
  const { deltaX, deltaY, deltaMode, wheelDeltaX, wheelDeltaY } = event;
  return {
    up: turnOf(-deltaY, deltaMode, wheelDeltaY),
    right: turnOf(deltaX, deltaMode, wheelDeltaX === undefined ? undefined : -wheelDeltaX),
  };
}

function turnOf(delta: number, mode: number, notches: number | undefined): number {
  if (delta === 0) return 0;
  // Wheels with notches; touchpads and fine wheels use the scrolled distance.
  if (notches !== undefined && notches !== 0 && notches % notch === 0) return notches;
  if (mode === WheelEvent.DOM_DELTA_LINE) return (delta / linesInNotch) * notch;
  if (mode === WheelEvent.DOM_DELTA_PAGE) return Math.sign(delta) * notch;
  return (delta / pixelsInNotch) * notch;
}
