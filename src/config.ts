/** The host's configuration, read by the table of settings once, then frozen. */

import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { readCommandLine, usage } from "./base/command-line.ts";
import { shellWord } from "./base/own-command.ts";
import { hasDesktop } from "./desktop/has-desktop.ts";
import type { CodecName } from "./model/capture.ts";
import type { SettingsChange } from "./model/settings.ts";
import type { ListenAddress } from "./settings-read.ts";
import { flagsOf, type Setting, settings } from "./settings-table.ts";
import type { EncoderChoice } from "./video/encoders.ts";

/** The settings of one start, checked and frozen. */
export type Config = {
  readonly dataDirectory: string;
  readonly listen: ListenAddress;
  readonly tls: boolean;
  /** PEM files of the console's certificate and key; the host's own if absent. */
  readonly tlsFiles: { readonly certificate: string; readonly key: string } | undefined;
  /** Further names in the host's own certificate. */
  readonly tlsNames: readonly string[];
  /** Where plain HTTP is redirected to the console. */
  readonly httpRedirect: ListenAddress | undefined;
  /** Host names answered to beyond the machine's own. */
  readonly allowHosts: readonly string[];
  readonly nativeListen: ListenAddress;
  readonly gamestream: GamestreamConfig;
  readonly source: string;
  /** Hardware is used if opening it succeeds; `x264` is software only. */
  readonly encoder: EncoderChoice;
  /** Speed setting of the software encoder; the encoder's fastest unless set. */
  readonly encoderPreset: string | undefined;
  /** Only from the environment, so that it does not show in process lists. */
  readonly token: string | undefined;
  /** `s3://bucket/prefix` or a directory; captures are sent there. */
  readonly archive: { readonly target: string; readonly keysFile: string | undefined } | undefined;
  /** The encoding and sending threads request real-time priority. */
  readonly raisesPriority: boolean;
  readonly perf: boolean;
  /** Of the history and automatic captures, as given; it overrides the last saved setting. */
  readonly kept: SettingsChange;
  /** Headers for the collector that `kept` names, and for no other. */
  readonly otlpHeadersFile: string | undefined;
  /** Names of other hosts that the console shows. */
  readonly fleet: readonly string[];
  /** Text for people or JSON; depends on stderr unless set. */
  readonly logForm: "text" | "json" | undefined;
  /** A MoQ relay that distributes the streams. */
  readonly relay: URL | undefined;
  /** Read again for each connection to it. */
  readonly relayTokenFile: string | undefined;
  /** Its address for browsers, if different. */
  readonly relayViewerUrl: URL | undefined;
  readonly relayViewerTokenFile: string | undefined;
  /** Where counts are published, and how finely; 0 levels when off. */
  readonly stats: {
    readonly prefix: string;
    readonly levels: number;
    readonly node: string | undefined;
  };
};

/** Settings of the GameStream path. */
export type GamestreamConfig = {
  /** HTTP; the other ports have fixed offsets. 0 = off. */
  readonly port: number;
  /** Requested explicitly: then a taken port stops the host. */
  readonly isChosen: boolean;
  readonly codecs: readonly CodecName[];
};

/** Environment variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const serveFlags = flagsOf(settingNames());

/** @throws Failure `usage` when a flag or variable is not understood. */
export function readConfig(args: readonly string[], env: Environment): Config {
  const { values, words } = readCommandLine(args, serveFlags);
  if (words[0] !== undefined) throw usage(`Unexpected argument "${words[0]}"`);
  const config = configOf(values, env);
  checkTogether(config, readSetting(settings.archiveKeys, values, env));
  return config;
}

/**
 * Settings that would be silently ignored, or do harm.
 * @throws Failure `usage`
 */
function checkTogether(config: Config, archiveKeys: string | undefined): void {
  const { httpRedirect, tls, tlsFiles, archive, dataDirectory } = config;
  if (httpRedirect !== undefined && !tls) {
    throw usage("Cannot use --http-redirect: the console uses plain HTTP; --tls makes it HTTPS");
  }
  if (tlsFiles !== undefined && !tls) {
    throw usage("Cannot use --tls-cert with --no-tls: plain HTTP shows no certificate");
  }
  if (archiveKeys !== undefined && archive === undefined) {
    throw usage("Cannot use --archive-keys without --archive: there is no store to use them for");
  }
  if (archive?.keysFile !== undefined && !archive.target.startsWith("s3://")) {
    throw usage("Cannot use --archive-keys: a directory takes none, only an S3 store does");
  }
  if (archive !== undefined && isWithin(archive.target, dataDirectory)) {
    const reason = "it lies in the data directory, whose files are the host's own";
    throw usage(`Cannot use --archive "${archive.target}": ${reason}`);
  }
  if (config.relay === undefined) refuseRelaySettings(config);
}

/**
 * Options of a relay.
 * @throws Failure `usage`
 */
function refuseRelaySettings(config: Config): void {
  const given = {
    "--relay-token-file": config.relayTokenFile,
    "--relay-viewer-url": config.relayViewerUrl,
    "--relay-viewer-token-file": config.relayViewerTokenFile,
  };
  for (const [flag, value] of Object.entries(given)) {
    if (value !== undefined) throw usage(`Cannot use ${flag} without --relay`);
  }
}

/** Whether an archive is a directory that is another one, or lies in it. */
function isWithin(target: string, directory: string): boolean {
  const way = relative(resolve(directory), resolve(target));
  return !target.startsWith("s3://") && way !== ".." && !way.startsWith("../");
}

/** Values from a command line, by the names of flags. */
export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

/**
 * The settings of these flags, the environment, and defaults.
 * @throws Failure `usage`
 */
export function configOf(values: FlagValues, env: Environment): Config {
  const read = <Value>(setting: Setting<Value>) => readSetting(setting, values, env);
  const listen = read(settings.listen);
  const tlsFiles = filesOf(read(settings.tlsCert), read(settings.tlsKey));
  return Object.freeze({
    dataDirectory: read(settings.dataDirectory) ?? defaultDataDirectory(env),
    listen,
    tls: read(settings.tls) ?? (tlsFiles !== undefined || !isLoopback(listen.host)),
    tlsFiles,
    tlsNames: read(settings.tlsNames),
    httpRedirect: read(settings.httpRedirect),
    // A name in the certificate is one that it is reached by.
    allowHosts: [...read(settings.allowHosts), ...read(settings.tlsNames)],
    nativeListen: read(settings.nativeListen),
    gamestream: {
      port: read(settings.gamestreamPort),
      isChosen: textOf(settings.gamestreamPort, values, env) !== undefined,
      codecs: read(settings.gamestreamCodecs),
    },
    source: read(settings.source) ?? (hasDesktop(env) ? "auto" : "testsrc"),
    encoder: read(settings.encoder),
    encoderPreset: read(settings.encoderPreset),
    token: read(settings.token),
    archive: archiveOf(read(settings.archive), read(settings.archiveKeys)),
    raisesPriority: read(settings.priority) === "auto",
    relay: read(settings.relay),
    relayTokenFile: read(settings.relayTokenFile),
    relayViewerUrl: read(settings.relayViewerUrl),
    relayViewerTokenFile: read(settings.relayViewerTokenFile),
    stats: {
      prefix: read(settings.statsPrefix),
      levels: read(settings.noStats) === true ? 0 : read(settings.statsLevels),
      node: read(settings.statsNode),
    },
    perf: read(settings.perf) ?? false,
    kept: keptOf(
      { days: read(settings.historyDays), mb: read(settings.historyMb) },
      { ...read(settings.keepOn), ...collectorOf(read(settings.otlpUrl)) },
    ),
    otlpHeadersFile: read(settings.otlpHeadersFile),
    fleet: read(settings.fleet),
    logForm: read(settings.logForm),
  });
}

function archiveOf(target: string | undefined, keysFile: string | undefined): Config["archive"] {
  return target === undefined ? undefined : { target, keysFile };
}

function filesOf(certificate: string | undefined, key: string | undefined): Config["tlsFiles"] {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return undefined;
  throw usage("Cannot use --tls-cert without --tls-key, or the other way round");
}

function keptOf(
  { days, mb }: { readonly days: number | undefined; readonly mb: number | undefined },
  rules: SettingsChange,
): SettingsChange {
  return {
    ...rules,
    ...(days === undefined ? {} : { history_days: days }),
    ...(mb === undefined ? {} : { history_mb: mb }),
  };
}

function collectorOf(otlp_url: string | undefined): SettingsChange {
  return otlp_url === undefined ? {} : { otlp_url };
}

/** @throws Failure `usage` */
export function readSetting<Value>(
  setting: Setting<Value>,
  values: FlagValues,
  env: Environment,
): Value {
  const { flag, opposite, variable } = setting;
  const isBoth = flag !== undefined && values[flag] === true && values[opposite ?? ""] === true;
  if (isBoth) throw usage(`Cannot use --${flag} and --${opposite} together`);
  const text = textOf(setting, values, env);
  const isFlag = flag !== undefined && setting.takes !== undefined;
  return setting.read(text, isFlag ? `--${flag}` : variable);
}

function textOf(
  { flag = "", opposite = "", variable }: Setting<unknown>,
  values: FlagValues,
  env: Environment,
): string | undefined {
  const value = values[flag];
  if (typeof value === "string") return value;
  if (value === true) return "1";
  if (values[opposite] === true) return "0";
  return env[variable] || undefined;
}

function settingNames() {
  // The table's own keys.
  return Object.keys(settings) as (keyof typeof settings)[];
}

/** `$ONGLASS_DATA_DIR`, else `onglass` in the XDG configuration directory. */
export function defaultDataDirectory(env: Environment): string {
  const given = env[settings.dataDirectory.variable];
  if (given) return given;
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config");
  return join(base, "onglass");
}

/**
 * The flag with which another command on this machine finds the host's directory: empty for the
 * default. A variable of this process may be absent where that command is typed.
 */
export function dataDirectoryFlag({ dataDirectory }: Config, env: Environment): string {
  const standard = defaultDataDirectory({ ...env, [settings.dataDirectory.variable]: undefined });
  const own = resolve(dataDirectory);
  return own === resolve(standard) ? "" : ` --data-dir ${shellWord(own)}`;
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
