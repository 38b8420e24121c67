/**
 * `onglass encoders`: which encoders this machine can open. The host asks this of a process of its
 * own: a driver that crashes takes nothing along, and FFmpeg's code leaves memory with it.
 */
import { readCommandLine, refuseWords, usage } from "../base/command-line.ts";
import { type FlagValues, readSetting } from "../config.ts";
import { type EncoderStatus, HostStatus } from "../model/status.ts";
import { settings } from "../settings-table.ts";
import { prepareAddon } from "../video/addon.ts";
import { encodersFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, namedTarget } from "./host-target.ts";
import { exitOk, printTable, type Terminal } from "./output.ts";

/** `onglass encoders`: lists the encoders that open on this machine. Gives the exit code. */
export async function runEncoders(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, encodersFlags);
  refuseWords(words);
  const host = await namedTarget(values, terminal.env);
  const encoders =
    host === undefined ? await opened(values, terminal) : await foundBy(host, values);
  if (values.json) {
    terminal.print(JSON.stringify(encoders));
    return exitOk;
  }
  const rows = encoders.map((each) => [each.codec, each.encoder, each.available ? "yes" : "no"]);
  printTable(terminal, [["CODEC", "ENCODER", "AVAILABLE"], ...rows]);
  return exitOk;
}

async function opened(values: FlagValues, { env }: Terminal): Promise<EncoderStatus[]> {
  const choice = readSetting(settings.encoder, values, env);
  await prepareAddon();
  const { openEach } = await import("../video/encoder.ts");
  const { quiet } = await import("../video/ffmpeg.ts");
  quiet();
  return openEach(choice);
}

/** What a host opened at its start. */
async function foundBy(host: HostTarget, { encoder }: FlagValues): Promise<EncoderStatus[]> {
  if (encoder !== undefined) {
    throw usage("Cannot use --encoder with --host: that host has opened its own choice");
  }
  const call = { method: "GET", path: "/status", what: "list the encoders" } as const;
  return (await askFor(host, { ...call, shape: HostStatus })).encoders;
}
