/**
 * Keeps one kind of event from filling a recording: each may occur in a burst and then at a steady
 * rate; more are counted and left out. Calls of the API, which replay needs completely, have the
 * highest limit. Warnings are separated by subject, and events of streams and players by kind: a
 * flood of one does not affect others.
 */
import type { EventType, HostAction } from "../model/timeline.ts";

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

/** Classes are named by our own code; one more than these shares a gate with its type. */
const classCountMax = 128;

/** Lets a limited number of events of one kind through per time, and counts the rest. */
export class FloodGate {
  readonly #levels = new Map<string, Level>();

  /** Whether this event may pass now. */
  admit(event: HostAction, nowUs: number): boolean {
    const { burstCount, perSecond } = rates[event.type];
    const level = this.#levelOf(event, { left: burstCount, filledUs: nowUs });
    const passedUs = Math.max(0, nowUs - level.filledUs);
    level.left = Math.min(burstCount, level.left + (passedUs * perSecond) / 1e6);
    level.filledUs = nowUs;
    if (level.left < 1) return false;
    level.left -= 1;
    return true;
  }

  #levelOf(event: HostAction, full: Level): Level {
    const named = classOf(event);
    const isKnown = this.#levels.has(named) || this.#levels.size < classCountMax;
    const name = isKnown ? named : event.type;
    const level = this.#levels.get(name) ?? full;
    this.#levels.set(name, level);
    return level;
  }
}

/** A warning's subject is before its first colon; numbers in it do not make another class. */
function classOf(event: HostAction): string {
  if (event.type === "log") {
    const [about = ""] = event.message.slice(0, 80).split(":", 1);
    return `log ${about.replaceAll(/\d+/g, "#")}`;
  }
  if (event.type === "stream" || event.type === "client") return `${event.type} ${event.action}`;
  return event.type;
}
