/** The clipboard of the desktop that a stream shows, as far as its input allows. */
import type { InputTarget } from "../desktop/input-target.ts";
import { readMutterClipboard } from "../desktop/mutter-clipboard.ts";
import { readX11Clipboard } from "../input/x11-clipboard.ts";
import { type Copied, readWaylandClipboard } from "../wayland/clipboard.ts";

/** The portal, and a desktop that is reached by devices alone, are not asked: `undefined`. */
export async function readClipboard(target: InputTarget): Promise<Copied | undefined> {
  if (target.kind === "wayland") return await readWaylandClipboard(target.path);
  if (target.kind === "bus" && target.service === "mutter") return await readMutterClipboard();
  return target.kind === "x11" ? await readX11Clipboard(target.display) : undefined;
}
