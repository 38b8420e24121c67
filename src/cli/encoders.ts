/**
 * `onglass encoders`: which encoders this machine can open. The host asks this of a process of its
 * own: a driver that crashes takes nothing along, and FFmpeg's code leaves memory with it.
 */
import { parseArgs } from "node:util";
import { Failure } from "../base/failure.ts";
import { readEncoder } from "../config.ts";
import { prepareAddon } from "../video/addon.ts";
import { alignColumns, exitOk, type Terminal } from "./output.ts";

export async function runEncoders(args: readonly string[], terminal: Terminal): Promise<number> {
  const { json, encoder } = readArgs(args);
  const choice = readEncoder(encoder ?? terminal.env.ONGLASS_ENCODER);
  await prepareAddon();
  const { openEach } = await import("../video/encoder.ts");
  const { quiet } = await import("../video/ffmpeg.ts");
  quiet();
  const encoders = openEach(choice);
  if (json) {
    terminal.print(JSON.stringify(encoders));
    return exitOk;
  }
  const rows = encoders.map((each) => [each.codec, each.encoder, each.available ? "yes" : "no"]);
  for (const line of alignColumns([["codec", "encoder", "available"], ...rows])) {
    terminal.print(line);
  }
  return exitOk;
}

function readArgs(args: readonly string[]) {
  const options = {
    json: { type: "boolean", default: false },
    encoder: { type: "string" },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("usage", `Cannot read the command line: ${reason}`, { cause });
  }
}
