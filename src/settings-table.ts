/**
 * Every setting of the host, a row each: its flag, its variable, its default and its words. The
 * reader of the configuration, the help and the table in docs/settings.md follow from it. A flag wins over the
 * variable, that over the default; an empty variable is none.
 */
import { type Flag, usage } from "./base/command-line.ts";
import { basePortDefault, basePortMax, basePortMin } from "./gamestream/ports.ts";
import { type CodecName, codecs } from "./model/capture.ts";
import type { SettingsChange } from "./model/settings.ts";
import { readSourceName, sourceForms } from "./model/source.ts";
import { type EncoderChoice, encoderChoices } from "./video/encoders.ts";

/** Where something listens. */
export type ListenAddress = { readonly host: string; readonly port: number };

/** A row of the table. */
export type Setting<Value> = {
  /** Without its dashes; a setting without is for the environment alone. */
  readonly flag?: string;
  /** As the help writes it; a setting without is on or off. */
  readonly takes?: string;
  readonly isRepeatable?: true;
  /** The flag that says the opposite. */
  readonly opposite?: string;
  readonly variable: string;
  /** As the help and docs/settings.md write it. */
  readonly standard: string;
  /** Further values, for docs/settings.md. */
  readonly also?: string;
  readonly about: string;
  /** It is shown in no log and repeated in no error. */
  readonly isSecret?: true;
  /** @throws Failure `usage` that names the flag, or the variable where there is none */
  read(text: string | undefined, name: string): Value;
};

export const settings = {
  dataDirectory: row<string | undefined>({
    flag: "data-dir",
    takes: "DIR",
    variable: "ONGLASS_DATA_DIR",
    standard: "$XDG_CONFIG_HOME/onglass or ~/.config/onglass",
    about: "data directory",
    read: (text) => text,
  }),
  listen: row({
    flag: "listen",
    takes: "HOST:PORT",
    variable: "ONGLASS_LISTEN",
    standard: "127.0.0.1:7780",
    about: "console and API",
    read: (text = "127.0.0.1:7780", name) => readAddress(name, text),
  }),
  tls: row({
    flag: "tls",
    opposite: "no-tls",
    variable: "ONGLASS_TLS",
    standard: "on when listening beyond loopback",
    about: "console over HTTPS",
    read: readSwitch,
  }),
  allowHosts: row({
    flag: "allow-host",
    takes: "NAME",
    isRepeatable: true,
    variable: "ONGLASS_ALLOW_HOST",
    standard: "the listen address, localhost, this machine's names",
    about: "additional allowed Host names",
    read: (text) => splitList(text),
  }),
  nativeListen: row({
    flag: "native-listen",
    takes: "HOST:PORT",
    variable: "ONGLASS_NATIVE_LISTEN",
    standard: "0.0.0.0:7781",
    about: "native path: TLS control and UDP media",
    read: (text = "0.0.0.0:7781", name) => readAddress(name, text),
  }),
  gamestreamPort: row({
    flag: "gamestream-port",
    takes: "N",
    variable: "ONGLASS_GAMESTREAM_PORT",
    standard: `${basePortDefault}`,
    about: "GameStream base port for Moonlight; 0 = off",
    read: readGamestreamPort,
  }),
  gamestreamCodecs: row({
    flag: "gamestream-codecs",
    takes: "LIST",
    variable: "ONGLASS_GAMESTREAM_CODECS",
    standard: "h264",
    also: "h264,hevc,av1",
    about: "codecs offered to Moonlight",
    read: readGamestreamCodecs,
  }),
  source: row({
    flag: "source",
    takes: "SOURCE",
    variable: "ONGLASS_SOURCE",
    standard: "the desktop, else testsrc",
    about: 'frame source; "onglass sources" lists them',
    read: readSource,
  }),
  encoder: row({
    flag: "encoder",
    takes: "NAME",
    variable: "ONGLASS_ENCODER",
    standard: "auto",
    also: encoderChoices.filter((choice) => choice !== "auto").join(", "),
    about: "encoder; x264 is software alone",
    read: readEncoder,
  }),
  encoderPreset: row({
    flag: "encoder-preset",
    takes: "NAME",
    variable: "ONGLASS_ENCODER_PRESET",
    standard: "the fastest",
    about: "preset of the software encoder",
    read: readPreset,
  }),
  priority: row({
    flag: "priority",
    takes: "NAME",
    variable: "ONGLASS_PRIORITY",
    standard: "auto",
    also: "normal",
    about: "how the threads that encode and send are scheduled",
    read: readPriority,
  }),
  statsPrefix: row({
    flag: "stats-prefix",
    takes: "PATH",
    variable: "ONGLASS_STATS_PREFIX",
    standard: ".stats",
    about: "where counters are published over MoQ",
    read: (text = ".stats") => text,
  }),
  statsLevels: row({
    flag: "stats-levels",
    takes: "N",
    variable: "ONGLASS_STATS_LEVELS",
    standard: "3",
    about: "path segments counted separately",
    read: readLevels,
  }),
  statsNode: row<string | undefined>({
    flag: "stats-node",
    takes: "NAME",
    variable: "ONGLASS_STATS_NODE",
    standard: "none",
    about: "name that marks this host's counters",
    read: (text) => text,
  }),
  noStats: row({
    flag: "no-stats",
    variable: "ONGLASS_NO_STATS",
    standard: "off",
    about: "count nothing",
    read: readSwitch,
  }),
  relay: row({
    flag: "relay",
    takes: "URL",
    variable: "ONGLASS_RELAY",
    standard: "none",
    about: "publish streams to a MoQ relay",
    isSecret: true,
    read: readRelay,
  }),
  historyDays: row<number | undefined>({
    flag: "history-days",
    takes: "N",
    variable: "ONGLASS_HISTORY_DAYS",
    standard: "7, or as last set",
    about: "days that every frame is kept; 0 = off",
    read: (text, name) => readWhole(text, name, 365),
  }),
  historyMb: row<number | undefined>({
    flag: "history-mb",
    takes: "N",
    variable: "ONGLASS_HISTORY_MB",
    standard: "1000, or as last set",
    about: "megabytes that they may take; 0 = off",
    read: (text, name) => readWhole(text, name, 1_000_000),
  }),
  keepOn: row<SettingsChange>({
    flag: "keep-on",
    takes: "RULES",
    variable: "ONGLASS_KEEP_ON",
    standard: "late=12,missed=15,lost=5,stall=500,verdict, or as last set",
    also: "off",
    about: "rules that save a capture",
    read: readKeepOn,
  }),
  perf: row({
    flag: "perf",
    variable: "ONGLASS_PERF",
    standard: "off",
    about: "one log line per window",
    read: readSwitch,
  }),
  logForm: row({
    flag: "log",
    takes: "FORM",
    variable: "ONGLASS_LOG",
    standard: "text in a terminal, JSON otherwise",
    about: "form of the log, text or json",
    read: readLogForm,
  }),
  token: row({
    variable: "ONGLASS_TOKEN",
    standard: "made at first start, in <data>/token",
    about: "bearer token",
    isSecret: true,
    read: readToken,
  }),
  cacheDirectory: row<string | undefined>({
    variable: "ONGLASS_CACHE_DIR",
    standard: "$XDG_CACHE_HOME/onglass or ~/.cache/onglass",
    about: "where the executable unpacks FFmpeg",
    read: (text) => text,
  }),
} as const;

type Settings = typeof settings;

/** The flags of these settings, for a command that takes them. */
export function flagsOf(names: readonly (keyof Settings)[]): Readonly<Record<string, Flag>> {
  const flags: Record<string, Flag> = {};
  for (const name of names) {
    const { flag, takes, opposite, isRepeatable, about }: Setting<unknown> = settings[name];
    if (flag === undefined) continue;
    flags[flag] = {
      about,
      ...(takes === undefined ? {} : { takes }),
      ...(isRepeatable === undefined ? {} : { isRepeatable }),
    };
    if (opposite !== undefined) flags[opposite] = { about };
  }
  return flags;
}

/** Splits `HOST:PORT`; an IPv6 host is written in brackets. @param portDefault for an address without */
export function readAddress(
  name: string,
  text: string,
  { portDefault }: { readonly portDefault?: number } = {},
): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? portDefault : Number(match[3]);
  if (host === undefined || port === undefined || port > 65_535) {
    const example = `127.0.0.1:${portDefault ?? 7780}`;
    throw usage(`Cannot use ${name} "${text}": it takes HOST:PORT, such as ${example}`);
  }
  return { host, port };
}

function readSwitch(text: string | undefined, name: string): boolean | undefined {
  if (text === undefined) return undefined;
  if (["1", "true", "yes", "on"].includes(text)) return true;
  if (["0", "false", "no", "off"].includes(text)) return false;
  throw usage(`Cannot use ${name}="${text}": it takes 1 or 0`);
}

function readLogForm(text: string | undefined): "text" | "json" | undefined {
  if (text === undefined || text === "text" || text === "json") return text;
  throw usage(`Cannot use --log "${text}": it takes text or json`);
}

function readGamestreamPort(text = `${basePortDefault}`): number {
  const port = Number(text);
  const isPort = port === 0 || (port >= basePortMin && port <= basePortMax);
  if (Number.isInteger(port) && isPort) return port;
  const rule = `it takes ${basePortMin} to ${basePortMax}, or 0 for off`;
  throw usage(`Cannot use --gamestream-port "${text}": ${rule}`);
}

function readGamestreamCodecs(text = "h264"): readonly CodecName[] {
  const names = splitList(text);
  const known = codecs.filter((codec) => names.includes(codec));
  if (known.length === names.length && known.includes("h264")) return known;
  const rule = "it takes h264, and hevc, av1 beside it";
  throw usage(`Cannot use --gamestream-codecs "${names}": ${rule}`);
}

function readSource(text: string | undefined): string | undefined {
  if (text === undefined || readSourceName(text) !== undefined) return text;
  throw usage(`Cannot use --source "${text}": it takes ${sourceForms}`);
}

function readEncoder(text = "auto"): EncoderChoice {
  const choice = encoderChoices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw usage(`Cannot use --encoder "${text}": it takes ${encoderChoices.join(", ")}`);
}

function readPriority(text = "auto"): "auto" | "normal" {
  if (text === "auto" || text === "normal") return text;
  throw usage(`Cannot use --priority "${text}": it takes auto or normal`);
}

function readPreset(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z0-9]{1,20}$/.test(text)) return text;
  const rule = "it takes an encoder's preset, such as faster";
  throw usage(`Cannot use --encoder-preset "${text}": ${rule}`);
}

function readWhole(text: string | undefined, name: string, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,7}$/.test(text) && value <= most) return value;
  throw usage(`Cannot use ${name} "${text}": it takes a whole number from 0 to ${most}`);
}

const keepRules = {
  late: "keep_on_late",
  missed: "keep_on_missed",
  lost: "keep_on_lost",
  stall: "keep_on_stall_ms",
} as const;

/** Rules that are not named are off. */
function readKeepOn(text: string | undefined): SettingsChange {
  if (text === undefined) return {};
  const numbers = { keep_on_late: 0, keep_on_missed: 0, keep_on_lost: 0, keep_on_stall_ms: 0 };
  const change = { ...numbers, keep_on_verdict: false };
  if (text === "off") return change;
  for (const part of splitList(text)) {
    if (part === "verdict") {
      change.keep_on_verdict = true;
      continue;
    }
    const [, name = "", value = ""] = /^(late|missed|lost|stall)=(\d{1,5})$/.exec(part) ?? [];
    if (!Object.hasOwn(keepRules, name)) {
      const rule =
        "it takes off, or verdict, and late, missed, lost, stall with numbers, such as late=12,verdict";
      throw usage(`Cannot use --keep-on "${text}": ${rule}`);
    }
    change[keepRules[name as keyof typeof keepRules]] = Number(value);
  }
  return change;
}

function readLevels(text = "3"): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw usage(`Cannot use --stats-levels "${text}": it takes a whole number from 0 to 16`);
}

/** What is refused is not repeated: it may carry a secret. */
function readRelay(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && ["http:", "https:", "ws:", "wss:"].includes(url.protocol)) return url;
  throw usage("Cannot use --relay: it takes an address, such as https://relay.example/path");
}

/** A token of fewer characters could be guessed; blanks and control characters fit no header. */
function readToken(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{16,512}$/.test(text)) return text;
  throw usage("Cannot use ONGLASS_TOKEN: it takes 16 to 512 printable characters without blanks");
}

function splitList(text = ""): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Keeps what the reader gives. */
function row<Value>(setting: Setting<Value>): Setting<Value> {
  return setting;
}
