/** What is different between two sets of options, in words for whoever reads what happened. */
import type { EncodeOptions } from "./link.ts";

type Options = Pick<EncodeOptions, "width" | "height" | "fps" | "bitrateKbps" | "preset">;

/** `preset ultrafast to veryfast, 60 to 30 fps`; empty where nothing is. */
export function changeText(before: Options, after: Options): string {
  const changes: string[] = [];
  const add = (text: string, from: unknown, to: unknown) => {
    if (from !== to) changes.push(text);
  };
  const size = ({ width, height }: Options) => `${width}x${height}`;
  const preset = ({ preset: name = "of its own" }: Options) => name;
  add(`${size(before)} to ${size(after)}`, size(before), size(after));
  add(`preset ${preset(before)} to ${preset(after)}`, before.preset, after.preset);
  add(`${before.fps} to ${after.fps} fps`, before.fps, after.fps);
  const rates = `${before.bitrateKbps} to ${after.bitrateKbps} kbit/s`;
  add(rates, before.bitrateKbps, after.bitrateKbps);
  return changes.join(", ");
}
