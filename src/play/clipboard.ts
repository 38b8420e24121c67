/** The clipboard of the desktop that a stream shows, both ways, as far as its input allows. */
import type { InputTarget } from "../desktop/input-target.ts";
import { readMutterClipboard } from "../desktop/mutter-clipboard.ts";
import { holdMutterText } from "../desktop/mutter-held-text.ts";
import { readX11Clipboard } from "../input/x11-clipboard.ts";
import { holdX11Text } from "../input/x11-held-text.ts";
import { type Copied, readWaylandClipboard } from "../wayland/clipboard.ts";
import { type HeldText, holdWaylandText } from "../wayland/held-text.ts";

/** The portal, and a desktop that is reached by devices alone, are not asked: `undefined`. */
export async function readClipboard(target: InputTarget): Promise<Copied | undefined> {
  if (target.kind === "wayland") return await readWaylandClipboard(target.path);
  if (target.kind === "bus" && target.service === "mutter") return await readMutterClipboard();
  return target.kind === "x11" ? await readX11Clipboard(target.display) : undefined;
}

/** The text that players have copied to the desktop of one stream: the last one. */
export class CopiedText {
  #held: HeldText | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #releaseCount = 0;

  /**
   * Programs of the desktop can paste it from now on, until another text is copied or it is released.
   * False where the desktop has no such way, or does not take it.
   */
  hold(target: InputTarget, text: string): Promise<boolean> {
    const count = this.#releaseCount;
    // One after another: the later one is to be the one that stays.
    const held = this.#turn.then(async () => {
      const next = await holdText(target, text).catch(() => undefined);
      if (next === undefined) return false;
      if (count !== this.#releaseCount) next.close();
      else {
        this.#held?.close();
        this.#held = next;
      }
      return count === this.#releaseCount;
    });
    this.#turn = held;
    return held;
  }

  release(): void {
    this.#releaseCount += 1;
    this.#held?.close();
    this.#held = undefined;
  }
}

async function holdText(target: InputTarget, text: string): Promise<HeldText | undefined> {
  if (target.kind === "wayland") return await holdWaylandText(target.path, text);
  if (target.kind === "bus" && target.service === "mutter") return holdMutterText(text);
  return target.kind === "x11" ? await holdX11Text(target.display, text) : undefined;
}
