/** `onglass status` and `onglass sessions`: what a host is doing, and who is playing. */
import { Type } from "@sinclair/typebox";
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { isoText } from "../base/iso-text.ts";
import { Session } from "../model/session.ts";
import { HostStatus } from "../model/status.ts";
import { sessionsFlags, statusFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { targetOf } from "./host-target.ts";
import { exitOk, printTable, type Terminal } from "./output.ts";

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runStatus(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, statusFlags);
  refuseWords(words);
  const host = await targetOf(values, terminal.env);
  const call = { method: "GET", path: "/status", what: "get the status" } as const;
  const status = await askFor(host, { ...call, shape: HostStatus });
  if (values.json) terminal.print(JSON.stringify(status));
  else printTable(terminal, statusRows(status));
  return exitOk;
}

/** As people write it: `12 s`, `7 min`, `3 h 5 min`, `4 d 2 h`. */
function uptimeText(ms: number): string {
  const [seconds, minutes, hours] = [1000, 60_000, 3_600_000].map((unit) => Math.floor(ms / unit));
  if (!minutes) return `${seconds} s`;
  if (!hours) return `${minutes} min`;
  return hours < 24
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function statusRows(status: HostStatus): string[][] {
  const { capture, gamestream } = status;
  const encoders = status.encoders.filter(({ available }) => available);
  const moonlight = gamestream?.listening ? `port ${gamestream.port}` : "off";
  const recording = capture.armed ? `recording, ${capture.sample_count} samples` : "idle";
  return [
    ["host", status.host],
    ["version", status.version],
    ["up", uptimeText(status.uptime_ms)],
    ["source", status.source],
    ["sessions", `${status.session_count}`],
    ["capture", capture.held ? "not saved; free some disk space" : recording],
    ["native", `port ${status.native_port}`],
    ["gamestream", moonlight],
    [
      "encoders",
      encoders.map(({ codec, encoder }) => `${codec} (${encoder})`).join(", ") || "none",
    ],
    ["priority", status.priority],
  ];
}

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runSessions(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, sessionsFlags);
  refuseWords(words);
  const host = await targetOf(values, terminal.env);
  const call = { method: "GET", path: "/sessions", what: "list the sessions" } as const;
  const sessions = await askFor(host, { ...call, shape: Type.Array(Session) });
  if (values.json) terminal.print(JSON.stringify(sessions));
  else printTable(terminal, [heading, ...sessions.map(rowOf)]);
  return exitOk;
}

const heading = ["ID", "KIND", "MODE", "CODEC", "KBIT/S", "CLIENT", "LOST", "RTT ms", "SINCE"];

function rowOf(session: Session): string[] {
  const { packets_lost: lost, rtt_us: rtt } = session;
  return [
    `${session.session_id}`,
    session.kind,
    `${session.width}x${session.height}@${session.fps}`,
    session.codec,
    `${session.bitrate_kbps}`,
    session.client || "-",
    lost === undefined ? "not measured" : `${lost}`,
    rtt === undefined ? "not measured" : (rtt / 1000).toFixed(1),
    isoText(session.started_unix_ms).slice(0, 19).replace("T", " "),
  ];
}
