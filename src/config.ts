/**
 * Settings: defaults, then environment, then flags; checked once, then frozen. Every refusal names
 * the flag and what it takes.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure } from "./base/failure.ts";
import { basePortDefault, basePortMax, basePortMin } from "./gamestream/ports.ts";
import { type CodecName, codecs } from "./model/capture.ts";
import { type EncoderChoice, encoderChoices } from "./video/encoders.ts";

export type ListenAddress = { readonly host: string; readonly port: number };

export type Config = {
  readonly dataDirectory: string;
  readonly listen: ListenAddress;
  readonly tls: boolean;
  /** Host names answered to beyond the machine's own. */
  readonly allowHosts: readonly string[];
  readonly nativeListen: ListenAddress;
  readonly gamestream: GamestreamConfig;
  readonly source: string;
  /** Hardware is taken when opening it succeeds; `x264` is software alone. */
  readonly encoder: EncoderChoice;
  /** Speed setting of the software encoder; the encoder's fastest unless set. */
  readonly encoderPreset: string | undefined;
  /** From the environment only, so that it shows in no list of processes. */
  readonly token: string | undefined;
  readonly perf: boolean;
  /** Text for people or JSON; by where stderr leads unless set. */
  readonly logForm: "text" | "json" | undefined;
  /** A MoQ relay that takes the streams further. */
  readonly relay: URL | undefined;
  /** Where counts are published, and how finely; 0 levels when they are off. */
  readonly stats: {
    readonly prefix: string;
    readonly levels: number;
    readonly node: string | undefined;
  };
};

export type GamestreamConfig = {
  /** HTTP; the other ports lie at fixed offsets. 0 = off. */
  readonly port: number;
  /** Asked for by name: then a port that is taken stops the host. */
  readonly isChosen: boolean;
  readonly codecs: readonly CodecName[];
};

export type Environment = Readonly<Record<string, string | undefined>>;

const flags = {
  "data-dir": { type: "string" },
  listen: { type: "string" },
  tls: { type: "boolean" },
  "no-tls": { type: "boolean" },
  "allow-host": { type: "string", multiple: true },
  "native-listen": { type: "string" },
  "gamestream-port": { type: "string" },
  "gamestream-codecs": { type: "string" },
  source: { type: "string" },
  encoder: { type: "string" },
  "encoder-preset": { type: "string" },
  perf: { type: "boolean" },
  log: { type: "string" },
  relay: { type: "string" },
  "stats-prefix": { type: "string" },
  "stats-levels": { type: "string" },
  "stats-node": { type: "string" },
  "no-stats": { type: "boolean" },
} as const;

/** @throws Failure `usage` when a flag or variable is not understood. */
export function readConfig(args: readonly string[], env: Environment): Config {
  const given = parseFlags(args);
  const listen = readAddress("--listen", given.listen ?? env.ONGLASS_LISTEN ?? "127.0.0.1:7780");
  return Object.freeze({
    dataDirectory: given["data-dir"] ?? defaultDataDirectory(env),
    listen,
    tls: readTls(given, env) ?? !isLoopback(listen.host),
    allowHosts: given["allow-host"] ?? splitList(env.ONGLASS_ALLOW_HOST),
    nativeListen: readAddress(
      "--native-listen",
      given["native-listen"] ?? env.ONGLASS_NATIVE_LISTEN ?? "0.0.0.0:7781",
    ),
    gamestream: readGamestream(given, env),
    source: readSource(given.source ?? env.ONGLASS_SOURCE ?? "testsrc"),
    encoder: readEncoder(given.encoder ?? env.ONGLASS_ENCODER),
    encoderPreset: readPreset(given["encoder-preset"] ?? env.ONGLASS_ENCODER_PRESET),
    token: readToken(env.ONGLASS_TOKEN),
    relay: readRelay(given.relay ?? env.ONGLASS_RELAY),
    stats: readStats(given, env),
    logForm: readLogForm(given.log ?? env.ONGLASS_LOG),
    perf: given.perf ?? isOn("ONGLASS_PERF", env.ONGLASS_PERF) ?? false,
  });
}

/** `$ONGLASS_DATA_DIR`, else `onglass` in the XDG configuration directory. */
export function defaultDataDirectory(env: Environment): string {
  if (env.ONGLASS_DATA_DIR) return env.ONGLASS_DATA_DIR;
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config");
  return join(base, "onglass");
}

/** Splits `HOST:PORT`; an IPv6 host is written in brackets. */
export function readAddress(name: string, text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw usage(`Cannot use ${name} "${text}": it takes HOST:PORT, such as 127.0.0.1:7780`);
  }
  return { host, port };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

export function usage(message: string): Failure {
  return new Failure("usage", message);
}

type Flags = ReturnType<typeof parseFlags>;

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("usage", `Cannot read the command line: ${reason}`, { cause });
  }
}

function readLogForm(text: string | undefined): Config["logForm"] {
  if (text === undefined || text === "" || text === "text" || text === "json") {
    return text === "" ? undefined : text;
  }
  throw usage(`Cannot use --log "${text}": it takes text or json`);
}

function readTls(given: Flags, env: Environment): boolean | undefined {
  if (given.tls && given["no-tls"]) throw usage("Cannot use --tls and --no-tls together");
  if (given.tls) return true;
  if (given["no-tls"]) return false;
  return isOn("ONGLASS_TLS", env.ONGLASS_TLS);
}

/** What is refused is not repeated: it may carry a secret. */
function readRelay(text: string | undefined): URL | undefined {
  if (text === undefined || text === "") return undefined;
  const url = URL.parse(text);
  if (url !== null && ["http:", "https:", "ws:", "wss:"].includes(url.protocol)) return url;
  throw usage("Cannot use --relay: it takes an address, such as https://relay.example/path");
}

function readStats(given: Flags, env: Environment): Config["stats"] {
  const levels = given["stats-levels"] ?? env.ONGLASS_STATS_LEVELS ?? "3";
  const isOff = given["no-stats"] ?? isOn("ONGLASS_NO_STATS", env.ONGLASS_NO_STATS) ?? false;
  if (!/^\d{1,2}$/.test(levels)) {
    throw usage(`Cannot use --stats-levels "${levels}": it takes a whole number from 0 to 16`);
  }
  return {
    prefix: given["stats-prefix"] ?? env.ONGLASS_STATS_PREFIX ?? ".stats",
    levels: isOff ? 0 : Number(levels),
    node: given["stats-node"] ?? (env.ONGLASS_STATS_NODE || undefined),
  };
}

function isOn(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined || text === "") return undefined;
  if (["1", "true", "yes", "on"].includes(text)) return true;
  if (["0", "false", "no", "off"].includes(text)) return false;
  throw usage(`Cannot use ${name}="${text}": it takes 1 or 0`);
}

function readGamestream(given: Flags, env: Environment): GamestreamConfig {
  const text = given["gamestream-port"] ?? env.ONGLASS_GAMESTREAM_PORT;
  const port = Number(text || basePortDefault);
  if (!Number.isInteger(port) || (port !== 0 && (port < basePortMin || port > basePortMax))) {
    throw usage(
      `Cannot use --gamestream-port "${text}": it takes ${basePortMin} to ${basePortMax}, or 0 for off`,
    );
  }
  const names = splitList(given["gamestream-codecs"] ?? env.ONGLASS_GAMESTREAM_CODECS ?? "h264");
  const known = codecs.filter((codec) => names.includes(codec));
  if (known.length !== names.length || !known.includes("h264")) {
    throw usage(
      `Cannot use --gamestream-codecs "${names}": it takes h264, and hevc, av1 beside it`,
    );
  }
  return { port, isChosen: text !== undefined && text !== "", codecs: known };
}

function readSource(text: string): string {
  if (text === "testsrc" || /^x11:.+/.test(text) || /^file:.+/.test(text)) return text;
  throw usage(`Cannot use --source "${text}": it takes testsrc, x11:<display> or file:<path>`);
}

/** @throws Failure `usage` */
export function readEncoder(text = "auto"): EncoderChoice {
  const choice = encoderChoices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw usage(`Cannot use --encoder "${text}": it takes ${encoderChoices.join(", ")}`);
}

function readPreset(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z0-9]{1,20}$/.test(text)) return text;
  throw usage(
    `Cannot use --encoder-preset "${text}": it takes an encoder's preset, such as faster`,
  );
}

/** A token of fewer characters could be guessed; blanks and control characters fit no header. */
function readToken(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^[\x21-\x7e]{16,512}$/.test(text)) return text;
  throw usage("Cannot use ONGLASS_TOKEN: it takes 16 to 512 printable characters without blanks");
}

function splitList(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
