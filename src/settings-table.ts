/**
 * Every setting of the host, a row each: its flag, its variable, its default and its words. The
 * reader of the configuration, the help and the table in docs/settings.md follow from it. A flag
 * overrides the variable, which overrides the default; an empty variable counts as unset.
 */
import type { Flag } from "./base/command-line.ts";
import { basePortDefault } from "./gamestream/ports.ts";
import { codecs } from "./model/capture.ts";
import { presetNames, type SettingsChange } from "./model/settings.ts";
import {
  keepOnForms,
  type ListenAddress,
  logForms,
  priorities,
  readAddress,
  readArchive,
  readCollector,
  readEncoder,
  readFleet,
  readGamestreamCodecs,
  readGamestreamPort,
  readKeepOn,
  readLevels,
  readLogForm,
  readNames,
  readPreset,
  readPriority,
  readRelay,
  readSource,
  readSwitch,
  readToken,
  readWhole,
  splitList,
} from "./settings-read.ts";
import { encoderChoices } from "./video/encoders.ts";

/** A row of the table. */
export type Setting<Value> = {
  /** Without its dashes; a setting without a flag is read only from the environment. */
  readonly flag?: string;
  /** As written in the help; a setting without is a switch. */
  readonly takes?: string;
  readonly isRepeatable?: true;
  /** Completions that a shell offers after it. */
  readonly values?: readonly string[];
  /** The flag with the opposite meaning. */
  readonly opposite?: string;
  readonly variable: string;
  /** As the help and docs/settings.md write it. */
  readonly standard: string;
  /** Further values, for docs/settings.md. */
  readonly also?: string;
  readonly about: string;
  /** It is never logged or repeated in an error. */
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
    about: "address of the console and the API",
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
  tlsCert: row<string | undefined>({
    flag: "tls-cert",
    takes: "FILE",
    variable: "ONGLASS_TLS_CERT",
    standard: "the host's own",
    about: "the console's certificate, PEM, followed by its chain",
    read: (text) => text,
  }),
  tlsKey: row<string | undefined>({
    flag: "tls-key",
    takes: "FILE",
    variable: "ONGLASS_TLS_KEY",
    standard: "the host's own",
    about: "private key of that certificate, PEM; both are reloaded when they change",
    read: (text) => text,
  }),
  tlsNames: row({
    flag: "tls-name",
    takes: "NAME",
    isRepeatable: true,
    variable: "ONGLASS_TLS_NAME",
    standard: "this machine's names and addresses",
    about: "additional names in the host's own certificate",
    read: readNames,
  }),
  httpRedirect: row<ListenAddress | undefined>({
    flag: "http-redirect",
    takes: "HOST:PORT",
    variable: "ONGLASS_HTTP_REDIRECT",
    standard: "none",
    about: "address where plain HTTP is redirected to the console's HTTPS",
    read: (text, name) => (text === undefined ? undefined : readAddress(name, text)),
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
    about: "address for native players: TLS for control, UDP for media",
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
    values: codecs.map((_, index) => codecs.slice(0, index + 1).join(",")),
    about: "codecs offered to Moonlight",
    read: readGamestreamCodecs,
  }),
  source: row({
    flag: "source",
    takes: "SOURCE",
    variable: "ONGLASS_SOURCE",
    standard: "the desktop, else testsrc",
    about: 'what to stream; "onglass sources" lists the choices',
    read: readSource,
  }),
  encoder: row({
    flag: "encoder",
    takes: "NAME",
    variable: "ONGLASS_ENCODER",
    standard: "auto",
    also: encoderChoices.filter((choice) => choice !== "auto").join(", "),
    values: encoderChoices,
    about: "encoder; x264 means software only",
    read: readEncoder,
  }),
  encoderPreset: row({
    flag: "encoder-preset",
    takes: "NAME",
    variable: "ONGLASS_ENCODER_PRESET",
    standard: "the fastest",
    values: presetNames,
    about: "preset of the software encoder",
    read: readPreset,
  }),
  priority: row({
    flag: "priority",
    takes: "NAME",
    variable: "ONGLASS_PRIORITY",
    standard: "auto",
    also: "normal",
    values: priorities,
    about: "scheduling of the encode and send threads",
    read: readPriority,
  }),
  statsPrefix: row({
    flag: "stats-prefix",
    takes: "PATH",
    variable: "ONGLASS_STATS_PREFIX",
    standard: ".stats",
    about: "broadcast path under which counters are published over MoQ",
    read: (text = ".stats") => text,
  }),
  statsLevels: row({
    flag: "stats-levels",
    takes: "N",
    variable: "ONGLASS_STATS_LEVELS",
    standard: "3",
    about: "number of path segments counted separately",
    read: readLevels,
  }),
  statsNode: row<string | undefined>({
    flag: "stats-node",
    takes: "NAME",
    variable: "ONGLASS_STATS_NODE",
    standard: "none",
    about: "name under which this host's counters appear",
    read: (text) => text,
  }),
  noStats: row({
    flag: "no-stats",
    variable: "ONGLASS_NO_STATS",
    standard: "off",
    about: "do not count traffic",
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
  relayTokenFile: row<string | undefined>({
    flag: "relay-token-file",
    takes: "FILE",
    variable: "ONGLASS_RELAY_TOKEN_FILE",
    standard: "none",
    about: "file with the token for the relay",
    read: (text) => text,
  }),
  relayViewerUrl: row({
    flag: "relay-viewer-url",
    takes: "URL",
    variable: "ONGLASS_RELAY_VIEWER_URL",
    standard: "that of --relay",
    about: "address of the relay for browsers",
    isSecret: true,
    read: readRelay,
  }),
  relayViewerTokenFile: row<string | undefined>({
    flag: "relay-viewer-token-file",
    takes: "FILE",
    variable: "ONGLASS_RELAY_VIEWER_TOKEN_FILE",
    standard: "none",
    about: "file with the token of browsers for the relay",
    read: (text) => text,
  }),
  historyDays: row<number | undefined>({
    flag: "history-days",
    takes: "N",
    variable: "ONGLASS_HISTORY_DAYS",
    standard: "7, or as last set",
    about: "number of days to keep every frame; 0 = off",
    read: (text, name) => readWhole(text, name, 365),
  }),
  historyMb: row<number | undefined>({
    flag: "history-mb",
    takes: "N",
    variable: "ONGLASS_HISTORY_MB",
    standard: "1000, or as last set",
    about: "maximum size of that history in MB; 0 = off",
    read: (text, name) => readWhole(text, name, 1_000_000),
  }),
  keepOn: row<SettingsChange>({
    flag: "keep-on",
    takes: "RULES",
    variable: "ONGLASS_KEEP_ON",
    standard: "late=6,missed=15,lost=5,stall=500,verdict, or as last set",
    also: "off",
    values: keepOnForms,
    about: "when to save a capture automatically",
    read: readKeepOn,
  }),
  otlpUrl: row<string | undefined>({
    flag: "otlp",
    takes: "URL",
    variable: "ONGLASS_OTLP",
    standard: "none, or as last set",
    about: "collector for metrics, traces and logs, over OTLP/HTTP",
    read: readCollector,
  }),
  otlpHeadersFile: row<string | undefined>({
    flag: "otlp-headers-file",
    takes: "FILE",
    variable: "ONGLASS_OTLP_HEADERS_FILE",
    standard: "none",
    about: "file with headers for the collector, such as its key",
    read: (text) => text,
  }),
  archive: row<string | undefined>({
    flag: "archive",
    takes: "PLACE",
    variable: "ONGLASS_ARCHIVE",
    standard: "none",
    about: "where to send captures: s3://bucket/prefix or a directory",
    read: readArchive,
  }),
  archiveKeys: row<string | undefined>({
    flag: "archive-keys",
    takes: "FILE",
    variable: "ONGLASS_ARCHIVE_KEYS",
    standard: "AWS_ACCESS_KEY_ID and others",
    about: "file with the keys of the S3 store, readable by its owner only",
    read: (text) => text,
  }),
  fleet: row<readonly string[]>({
    flag: "fleet",
    takes: "NAMES",
    variable: "ONGLASS_FLEET",
    standard: "none",
    about: "other hosts to show in the console, by name in hosts.toml",
    read: readFleet,
  }),
  perf: row({
    flag: "perf",
    variable: "ONGLASS_PERF",
    standard: "off",
    about: "write a log line for every window",
    read: readSwitch,
  }),
  logForm: row({
    flag: "log",
    takes: "FORM",
    variable: "ONGLASS_LOG",
    standard: "text in a terminal, JSON otherwise",
    about: "log format, text or json",
    values: logForms,
    read: readLogForm,
  }),
  token: row({
    variable: "ONGLASS_TOKEN",
    standard: "made at first start, in <data>/token",
    about: "access token of the host",
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
    const { flag, takes, opposite, isRepeatable, values, about }: Setting<unknown> = settings[name];
    if (flag === undefined) continue;
    flags[flag] = {
      about,
      ...(takes === undefined ? {} : { takes }),
      ...(isRepeatable === undefined ? {} : { isRepeatable }),
      ...(values === undefined ? {} : { values }),
    };
    if (opposite !== undefined) flags[opposite] = { about };
  }
  return flags;
}

/** Stores the reader's result. */
function row<Value>(setting: Setting<Value>): Setting<Value> {
  return setting;
}
