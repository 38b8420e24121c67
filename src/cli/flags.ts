/**
 * The flags of each command, by command: what a flag takes, its standard value and a few words for the
 * help. Readers of a command line and the table of commands take them from here.
 */
import type { Language } from "../i18n/language.ts";
import { codecs } from "../model/capture.ts";
import type { ExperimentField } from "../model/experiment.ts";
import type { replayPacings } from "../model/replay.ts";
import { experimentFields } from "../model/settings.ts";
import { flagsOf } from "../settings-table.ts";

/** What a capture and its rows can be written as. */
export const captureFormats = ["json", "csv", "parquet", "pftrace"] as const;

/** Short names of settings for an experiment. */
export const experimentAliases: Readonly<Record<string, ExperimentField>> = {
  preset: "encoder_preset",
  bitrate: "bitrate_kbps",
  fps: "fps_cap",
  pacing: "pacing_share",
};
/** All names that an experiment takes. */
export const experimentNames = [...Object.keys(experimentAliases), ...experimentFields];

const json = { about: "print the result as one line of JSON" };
const remoteFlags = {
  host: { takes: "URL|NAME", about: "use another host: its address, or its name in hosts.toml" },
  "token-file": { takes: "FILE", about: "with --host: token file, readable by its owner only" },
  "tls-pin": { takes: "PIN", about: "with --host: the key it must have, sha256//…" },
  "tls-ca": { takes: "FILE", about: "with --host: certificates to trust, PEM" },
  "plain-http": { about: "with --host: send the token without TLS" },
} as const;
const hostFlags = {
  ...remoteFlags,
  "data-dir": {
    takes: "DIR",
    about: "directory with the host's token and certificate (ONGLASS_DATA_DIR)",
  },
  listen: { takes: "HOST:PORT", about: 'address of the host\'s console, as for "onglass serve"' },
  tls: { about: "the host's console uses HTTPS" },
  "no-tls": { about: "the host's console uses plain HTTP" },
} as const;

export const playFlags = {
  seconds: { takes: "N", about: "stop after N seconds, counted from the first frame" },
  width: { takes: "N", standard: "1280", about: "width" },
  height: { takes: "N", standard: "720", about: "height" },
  fps: { takes: "N", standard: "60", about: "frames per second" },
  codec: { takes: "NAME", standard: "h264", values: codecs, about: "codec" },
  "bitrate-kbps": { takes: "N", standard: "10000", about: "bitrate in kbit/s" },
  "packet-bytes": {
    takes: "N",
    about: "datagram size, 500 to 1400 (default: the largest up to 1200 that gets through)",
  },
  pair: { takes: "CODE", about: 'pair first, with a code from "onglass pair" on the host' },
  reconnect: {
    takes: "N",
    standard: "60",
    about: "when the link is lost, try to reconnect for N seconds; 0 never does",
  },
  out: { takes: "FILE", about: "write the elementary stream to this file; - is stdout" },
  check: { about: "only measure the link: capacity, loss, jitter, suggested settings" },
  json: { about: "print the summary as one line of JSON" },
  "data-dir": { takes: "DIR", about: "this player's identity and known hosts (ONGLASS_DATA_DIR)" },
} as const;

export const pairFlags = {
  pin: { takes: "PIN", about: "pair the Moonlight player that shows this PIN, 4 to 8 digits" },
  id: { takes: "N", about: "which player, if several are waiting" },
  uniqueid: { takes: "ID", about: "which player, by the id it reports" },
  name: { takes: "NAME", about: "name for the player" },
  json,
  ...hostFlags,
} as const;

export const whyFlags = {
  last: {
    takes: "TIME",
    about: "without ID: how far back, such as 30s, up to 10m (default 5m)",
  },
  from: { takes: "TIME", about: "with ID: start, such as 90s or 1:30" },
  to: { takes: "TIME", about: "with ID: end" },
  session: {
    takes: "N",
    about: "of a capture: which session (default: the one with the most frames)",
  },
  json,
  ...hostFlags,
} as const;

export const experimentFlags = {
  set: {
    takes: "NAME=A,B",
    values: experimentNames.map((name) => `${name}=`),
    about: "preset, bitrate, fps, pacing or the name of a setting, with two to four values",
  },
  for: { takes: "TIME", standard: "60s", about: "total time for each value" },
  block: { takes: "TIME", standard: "10s", about: "length of one run" },
  json,
  ...hostFlags,
} as const;

export const capturesFlags = {
  format: {
    takes: "FORMAT",
    values: captureFormats,
    about: "export, frames: format of the file",
    goesWith: ["export", "frames"],
  },
  out: {
    takes: "FILE",
    about: "write to this file instead of stdout",
    goesWith: ["export", "frames", "share"],
  },
  samples: { about: "show: every sample instead of the figures", goesWith: ["show"] },
  last: {
    takes: "TIME",
    about: "keep: how far back, such as 30s or 5m (default 30s)",
    goesWith: ["keep"],
  },
  zip: { about: "share: a bug report bundle, with rows and timeline", goesWith: ["share"] },
  language: {
    takes: "NAME",
    standard: "en",
    values: ["en", "de"] satisfies Language[],
    about: "share: language of the page",
    goesWith: ["share"],
  },
  session: {
    takes: "ID",
    about: 'keep: an id from "onglass history list"; export, frames: a session number',
    goesWith: ["export", "frames", "keep"],
  },
  from: {
    takes: "TIME",
    about: "export, frames, keep --session: start, such as 90s or 1:30",
    goesWith: ["export", "frames", "keep"],
  },
  to: {
    takes: "TIME",
    about: "export, frames, keep --session: end",
    goesWith: ["export", "frames", "keep"],
  },
  force: {
    about: "compare: even if mode, codec, protocol or source differ",
    goesWith: ["compare"],
  },
  remove: {
    about: "rename, note, label, baseline: remove",
    goesWith: ["rename", "note", "label", "baseline"],
  },
  json,
  ...hostFlags,
  "data-dir": { takes: "DIR", about: "directory that contains captures/ (ONGLASS_DATA_DIR)" },
} as const;

export const historyFlags = { json, ...hostFlags } as const;

export const timelineFlags = {
  of: {
    takes: "NAME",
    values: ["capture", "manual"],
    about: "which recording, or the id of a finished or imported one",
    goesWith: ["export", "replay"],
  },
  out: { takes: "FILE", about: "write to this file instead of stdout", goesWith: ["export"] },
  resume: { about: "continue the imported recording", goesWith: ["import"] },
  run: { about: "make the calls (default: only show them)", goesWith: ["replay"] },
  pacing: {
    takes: "PACING",
    standard: "original",
    values: ["original", "fixed", "step"] satisfies typeof replayPacings,
    about: "step: one line on stdin per call",
    goesWith: ["replay"],
  },
  "interval-ms": {
    takes: "N",
    standard: "500",
    about: "time between calls at fixed pacing",
    goesWith: ["replay"],
  },
  json,
  ...hostFlags,
} as const;

export const tokenFlags = {
  operator: { about: "make: allow everything (default: read-only)", goesWith: ["make"] },
  expires: {
    takes: "TIME",
    standard: "90d",
    about: "make: 1d to 3650d, or never",
    goesWith: ["make"],
  },
  json,
  ...hostFlags,
} as const;

export const statusFlags = { json, ...hostFlags } as const;
export const sessionsFlags = { json, ...hostFlags } as const;
export const settingsFlags = { json, ...hostFlags } as const;
export const captureFlags = {
  seconds: { takes: "N", about: "record: how long, 1 to 10800", goesWith: ["record"] },
  json,
  ...hostFlags,
} as const;
export const logsFlags = {
  lines: { takes: "N", standard: "100", about: "number of lines, 0 to 1000" },
  follow: { about: "keep printing new lines" },
  json: { about: "print each line as JSON" },
  ...hostFlags,
} as const;
export const linkFlags = {
  play: { about: "make: allow control too (default: watch only)", goesWith: ["make"] },
  stream: {
    takes: "SOURCE",
    about: "make: what to stream (default: the host's own source)",
    goesWith: ["make"],
  },
  for: {
    takes: "TIME",
    standard: "1d",
    about: "make: lifetime, 1m to 365d",
    goesWith: ["make"],
  },
  uses: {
    takes: "N",
    standard: "1",
    about: "make: how many browsers may use it, 1 to 100",
    goesWith: ["make"],
  },
  at: {
    takes: "ADDRESS",
    about: "make: address at which others reach the console, such as https://box.lan:7780",
    goesWith: ["make"],
  },
  json,
  ...hostFlags,
} as const;

export const archiveFlags = {
  of: { takes: "HOST", about: "list: only captures of this host", goesWith: ["list"] },
  json,
  ...hostFlags,
} as const;

export const probeWindowFlags = {
  x11: { takes: "DISPLAY", about: "the X display, such as :0" },
  wayland: { takes: "SOCKET", about: "the compositor, such as wayland-0 or a path" },
  seconds: { takes: "N", about: "close after N seconds", standard: "120" },
} as const;
export const sourcesFlags = { json, ...remoteFlags } as const;
export const doctorFlags = {
  ...flagsOf(["encoder", "listen", "nativeListen", "gamestreamPort"]),
  "data-dir": { takes: "DIR", about: "directory whose disk is measured (ONGLASS_DATA_DIR)" },
  ...remoteFlags,
  json,
} as const;
export const encodersFlags = { ...flagsOf(["encoder"]), json, ...remoteFlags } as const;
export const upgradeCheckFlags = { ...flagsOf(["dataDirectory"]), json } as const;
export const completionFlags = {} as const;
export const versionFlags = { json } as const;
