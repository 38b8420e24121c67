/** Joins the pages of the console to the host: what they change is recorded as the calls they stand for. */
import { browserDoor } from "../api/browser-door.ts";
import { recordedActions } from "../api/console-calls.ts";
import { consolePages } from "../pages/console.ts";
import type { Core } from "./core.ts";

type Shared = Parameters<typeof recordedActions>[0] &
  Pick<Parameters<typeof consolePages>[0], "recordings" | "compareAround" | "counters" | "clock">;

export function makeConsole(
  shared: Shared,
  { core, nativePort }: { readonly core: Core; readonly nativePort: number },
) {
  return consolePages({
    ...shared,
    ...recordedActions(shared, core.clock),
    door: browserDoor(core.credentials),
    nativePort,
  });
}
