/** Whether there is a desktop, without the code that finds out what can be streamed from it. */
import { listDisplays } from "../wayland/display.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether somebody's desktop can be seen from here: then the default is `auto`. */
export function hasDesktop(env: Environment): boolean {
  if (env.DISPLAY || env.WAYLAND_DISPLAY) return true;
  return listDisplays(env.XDG_RUNTIME_DIR || undefined).length > 0;
}
