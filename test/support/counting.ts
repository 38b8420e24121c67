/** Counters over a clock that a test moves, with an outlet that keeps what is published. */
import type { CounterSettings } from "../../src/counters/counters.ts";
import { Counters } from "../../src/counters/counters.ts";
import type { Outlet } from "../../src/counters/outlet.ts";
import type { CounterFrame, CounterLevel } from "../../src/model/counters.ts";
import { ManualScheduler } from "./manual-scheduler.ts";

export class RecordingOutlet implements Outlet {
  readonly events: string[] = [];
  readonly frames: { readonly path: string; readonly track: string; frame: CounterFrame }[] = [];
  readonly announced = new Set<string>();
  isRefusing = false;

  open(path: string) {
    if (this.isRefusing) {
      this.events.push(`refused ${path}`);
      return undefined;
    }
    this.announced.add(path);
    this.events.push(`announced ${path}`);
    return {
      write: (track: string, frame: CounterFrame) => void this.frames.push({ path, track, frame }),
      close: () => {
        this.announced.delete(path);
        this.events.push(`unannounced ${path}`);
      },
    };
  }

  framesOf(path: string, track = "publisher.json"): CounterFrame[] {
    return this.frames
      .filter((written) => written.path === path && written.track === track)
      .map(({ frame }) => frame);
  }
}

export function counting(settings: CounterSettings = {}) {
  const scheduler = new ManualScheduler();
  const outlet = new RecordingOutlet();
  const { clock } = scheduler;
  const counters = new Counters({ ...settings, outlet, clock, scheduler });
  return { scheduler, outlet, clock, counters };
}

/** @throws when there is no such level */
export function levelOf(counters: Counters, key: string): CounterLevel {
  const found = counters.report().entries.find(({ level }) => level === key);
  if (found === undefined) throw new Error(`there is no level "${key}"`);
  return found;
}
