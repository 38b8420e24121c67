/**
 * Where the compositor listens. Sessions name it in the environment; a service of systemd has no
 * such variables, so its user's folder is searched.
 */
import { readdirSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { runtimeFolder } from "../base/runtime-folder.ts";

export type WaylandDisplay = {
  /** The compositor's socket. */
  readonly path: string;
  readonly output: string | undefined;
};

/**
 * @param place `[display][/output]`; the display is a name in the user's runtime folder or a path.
 * Without it `WAYLAND_DISPLAY`, else the only socket there is. Throws when none can be found.
 */
export function findDisplay(place: string): WaylandDisplay {
  if (isAbsolute(place) && isSocket(place)) return { path: place, output: undefined };
  const slash = place.lastIndexOf("/");
  const display = slash < 0 ? place : place.slice(0, slash);
  const output = slash < 0 ? undefined : place.slice(slash + 1);
  return { path: socketPath(display), output: output === "" ? undefined : output };
}

/** Sockets of compositors in the user's runtime folder, by name. */
export function listDisplays(folder = runtimeFolder()): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^wayland-\d{1,3}$/.test(name));
    return names.filter((name) => isSocket(join(folder, name))).sort();
  } catch {
    return [];
  }
}

/** The socket of a compositor in the user's runtime folder, by its name. */
export function socketOf(display: string): string {
  return join(runtimeFolder(), display);
}

function socketPath(display: string): string {
  const wanted = display === "" ? (process.env.WAYLAND_DISPLAY ?? "") : display;
  if (isAbsolute(wanted)) return wanted;
  if (wanted !== "") return socketOf(wanted);
  const displays = listDisplays();
  const [only] = displays;
  if (only !== undefined && displays.length === 1) return socketOf(only);
  const found = displays.length === 0 ? "there is none" : `there are ${displays.join(", ")}`;
  throw new Error(`WAYLAND_DISPLAY is not set, and in "${runtimeFolder()}" ${found}`);
}

/** False for anything else, a path below a file included. */
function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}
