/**
 * `onglass encoders`: which encoders this machine can open. The host asks this of a process of its
 * own: a driver that crashes takes nothing along, and FFmpeg's code leaves memory with it.
 */
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { readSetting } from "../config.ts";
import { settings } from "../settings-table.ts";
import { prepareAddon } from "../video/addon.ts";
import { encodersFlags } from "./flags.ts";
import { exitOk, printTable, type Terminal } from "./output.ts";

/** `onglass encoders`: lists the encoders that open on this machine. Gives the exit code. */
export async function runEncoders(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, encodersFlags);
  refuseWords(words);
  const choice = readSetting(settings.encoder, values, terminal.env);
  await prepareAddon();
  const { openEach } = await import("../video/encoder.ts");
  const { quiet } = await import("../video/ffmpeg.ts");
  quiet();
  const encoders = openEach(choice);
  if (values.json) {
    terminal.print(JSON.stringify(encoders));
    return exitOk;
  }
  const rows = encoders.map((each) => [each.codec, each.encoder, each.available ? "yes" : "no"]);
  printTable(terminal, [["CODEC", "ENCODER", "AVAILABLE"], ...rows]);
  return exitOk;
}
