/** Joins the pages of the console to the host: what they change is recorded as the calls they stand for. */
import { browserDoor } from "../api/browser-door.ts";
import { recordedActions } from "../api/console-calls.ts";
import { recordedDesk } from "../api/console-desk.ts";
import { consolePages } from "../pages/console.ts";
import type { Core } from "./core.ts";

type Shared = Parameters<typeof recordedActions>[0] &
  Pick<Parameters<typeof consolePages>[0], "recordings" | "compareAround" | "counters" | "clock">;

type Around = {
  readonly core: Core;
  readonly nativePort: number;
  replay(request: Request): Promise<Response>;
};

export function makeConsole(shared: Shared, { core, nativePort, replay }: Around) {
  const { clock } = core;
  const timelineDesk = core.timeline.desk;
  return consolePages({
    ...shared,
    ...recordedActions(shared, clock),
    timelineDesk: recordedDesk({ ...shared, timelineDesk }, { clock, replay }),
    door: browserDoor(core.credentials),
    nativePort,
  });
}
