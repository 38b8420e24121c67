/**
 * `onglass probe-window`: a window that counts presses and shows the count as a code, so that a page
 * can see in the stream when the desktop has answered. The Watch page opens one for its measurement.
 */

import { systemClock } from "../base/clock.ts";
import { readCommandLine, usage } from "../base/command-line.ts";
import { timers } from "../base/scheduler.ts";
import { openWaylandWindow } from "../probe/wayland-window.ts";
import type { ProbeWindow } from "../probe/window.ts";
import { openX11Window } from "../probe/x11-window.ts";
import { findDisplay } from "../wayland/display.ts";
import { listOutputs } from "../wayland/screen.ts";
import { probeWindowFlags } from "./flags.ts";
import { exitOk, type Terminal } from "./output.ts";

const secondsMax = 600;

type Place = { readonly x11: string | undefined; readonly wayland: string | undefined };

/**
 * Prints `ready` once the window is there; ends when it is closed, or after so many seconds. Exit code 0.
 * @throws Failure `usage` or `no_display`
 */
export async function runProbeWindow(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, probeWindowFlags);
  if (words[0] !== undefined) throw usage(`Unexpected argument "${words[0]}"`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= secondsMax))
    throw usage(`Flag --seconds takes a number up to ${secondsMax}`);
  const window = await open(placeOf(values, terminal.env));
  terminal.print("ready");
  const cancel = timers.after(seconds * 1000, () => window.close());
  await window.closed;
  cancel();
  return exitOk;
}

/** What is named, else what the environment names. */
function placeOf(values: Place, env: Terminal["env"]): Place {
  const { x11, wayland } = values;
  if (x11 !== undefined && wayland !== undefined)
    throw usage("Flags --x11 and --wayland exclude each other");
  if (x11 !== undefined || wayland !== undefined) return { x11, wayland };
  const isWayland = (env.WAYLAND_DISPLAY ?? "") !== "";
  return isWayland
    ? { x11, wayland: "" }
    : { x11: env.DISPLAY === "" ? undefined : env.DISPLAY, wayland };
}

async function open({ x11, wayland }: Place): Promise<ProbeWindow> {
  const clock = systemClock();
  if (x11 !== undefined) return await openX11Window(x11, clock);
  if (wayland === undefined)
    throw usage("Name a desktop: --x11 DISPLAY or --wayland SOCKET; the environment has none");
  const { path } = findDisplay(wayland);
  return openWaylandWindow(path, { clock, desktopWidth: listOutputs(path)[0]?.width ?? 1280 });
}
