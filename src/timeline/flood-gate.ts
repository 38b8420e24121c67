/**
 * Keeps one kind of event from filling a recording: each may come in a burst and then at a steady
 * rate; what is beyond that is counted and left out. Calls of the API, which replay needs in full,
 * have the widest gate.
 */
import type { EventType } from "../model/timeline.ts";

type Rate = { readonly burstCount: number; readonly perSecond: number };

const rates: Readonly<Record<EventType, Rate>> = {
  api_call: { burstCount: 2000, perSecond: 100 },
  state_change: { burstCount: 1000, perSecond: 50 },
  session: { burstCount: 200, perSecond: 10 },
  stream: { burstCount: 200, perSecond: 20 },
  ui_action: { burstCount: 200, perSecond: 20 },
  client: { burstCount: 200, perSecond: 10 },
  log: { burstCount: 200, perSecond: 10 },
};

type Level = { left: number; filledUs: number };

export class FloodGate {
  readonly #levels: Record<EventType, Level>;

  constructor(nowUs: number) {
    const names = Object.keys(rates) as EventType[];
    const full = names.map((name) => [name, { left: rates[name].burstCount, filledUs: nowUs }]);
    this.#levels = Object.fromEntries(full);
  }

  /** Whether an event of this type may pass now. */
  admit(type: EventType, nowUs: number): boolean {
    const level = this.#levels[type];
    const { burstCount, perSecond } = rates[type];
    const passedUs = Math.max(0, nowUs - level.filledUs);
    level.left = Math.min(burstCount, level.left + (passedUs * perSecond) / 1e6);
    level.filledUs = nowUs;
    if (level.left < 1) return false;
    level.left -= 1;
    return true;
  }
}
