/** Readers of settings: from the text of a flag or a variable to its value, or a failure `usage` that names it. Pure. */
import { usage } from "./base/command-line.ts";
import { ipVersionOf } from "./base/ip-address.ts";
import { basePortDefault, basePortMax, basePortMin } from "./gamestream/ports.ts";
import { type CodecName, codecs } from "./model/capture.ts";
import { findFault, type SettingsChange, settingsDefault } from "./model/settings.ts";
import { readSourceName, sourceForms } from "./model/source.ts";
import { type EncoderChoice, encoderChoices } from "./video/encoders.ts";

/** An address to listen on. */
export type ListenAddress = { readonly host: string; readonly port: number };

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

export function readSwitch(text: string | undefined, name: string): boolean | undefined {
  if (text === undefined) return undefined;
  if (["1", "true", "yes", "on"].includes(text)) return true;
  if (["0", "false", "no", "off"].includes(text)) return false;
  throw usage(`Cannot use ${name}="${text}": it takes 1 or 0`);
}

/** Names as in certificates: ASCII, in labels; addresses without brackets. */
export function readNames(text: string | undefined, name: string): string[] {
  const names = splitList(text).map((one) => one.toLowerCase().replace(/^\[(.*)\]$/, "$1"));
  const label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
  const isName = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`);
  const wrong = names.find((one) => ipVersionOf(one) === 0 && !isName.test(one));
  if (wrong === undefined) return names;
  throw usage(`Cannot use ${name} "${wrong.slice(0, 64)}": it takes a host name or an address`);
}

export const logForms = ["text", "json"] as const;

export function readLogForm(text: string | undefined): (typeof logForms)[number] | undefined {
  const form = logForms.find((one) => one === text);
  if (form === text) return form;
  throw usage(`Cannot use --log "${text}": it takes ${logForms.join(" or ")}`);
}

export function readGamestreamPort(text = `${basePortDefault}`): number {
  const port = Number(text);
  const isPort = port === 0 || (port >= basePortMin && port <= basePortMax);
  if (Number.isInteger(port) && isPort) return port;
  const rule = `it takes ${basePortMin} to ${basePortMax}, or 0 for off`;
  throw usage(`Cannot use --gamestream-port "${text}": ${rule}`);
}

export function readGamestreamCodecs(text = "h264"): readonly CodecName[] {
  const names = splitList(text);
  const known = codecs.filter((codec) => names.includes(codec));
  if (known.length === names.length && known.includes("h264")) return known;
  const rule = "it takes h264, and hevc, av1 beside it";
  throw usage(`Cannot use --gamestream-codecs "${names}": ${rule}`);
}

export function readSource(text: string | undefined): string | undefined {
  if (text === undefined || readSourceName(text) !== undefined) return text;
  throw usage(`Cannot use --source "${text}": it takes ${sourceForms}`);
}

export function readEncoder(text = "auto"): EncoderChoice {
  const choice = encoderChoices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw usage(`Cannot use --encoder "${text}": it takes ${encoderChoices.join(", ")}`);
}

export const priorities = ["auto", "normal"] as const;

export function readPriority(text = "auto"): (typeof priorities)[number] {
  const priority = priorities.find((one) => one === text);
  if (priority !== undefined) return priority;
  throw usage(`Cannot use --priority "${text}": it takes ${priorities.join(" or ")}`);
}

export function readPreset(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z0-9]{1,20}$/.test(text)) return text;
  const rule = "it takes an encoder's preset, such as faster";
  throw usage(`Cannot use --encoder-preset "${text}": ${rule}`);
}

export function readWhole(
  text: string | undefined,
  name: string,
  most: number,
): number | undefined {
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

/** The possible prefixes of a --keep-on rule. */
export const keepOnForms = ["off", "verdict", ...Object.keys(keepRules).map((name) => `${name}=`)];

/** Rules that are not named are off. */
export function readKeepOn(text: string | undefined): SettingsChange {
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
        "it takes off, or verdict, and late, missed, lost, stall with numbers, such as late=6,verdict";
      throw usage(`Cannot use --keep-on "${text}": ${rule}`);
    }
    change[keepRules[name as keyof typeof keepRules]] = Number(value);
  }
  return change;
}

export function readLevels(text = "3"): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw usage(`Cannot use --stats-levels "${text}": it takes a whole number from 0 to 16`);
}

/** A rejected value is not repeated: it may be secret. */
export function readRelay(text: string | undefined, name: string): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && ["http:", "https:", "ws:", "wss:"].includes(url.protocol)) return url;
  throw usage(`Cannot use ${name}: it takes an address, such as https://relay.example/path`);
}

/** A rejected value is not repeated: it may be secret. */
export function readCollector(text: string | undefined, name: string): string | undefined {
  if (text === undefined) return undefined;
  const fault = findFault({ ...settingsDefault, otlp_url: text });
  if (fault === undefined && text.length <= 512) return text;
  const rule = "it takes an address without name, password or query, such as http://127.0.0.1:4318";
  throw usage(`Cannot use ${name}: ${rule}`);
}

/** A shorter token could be guessed; blanks and control characters fit no header. */
export function readToken(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{16,512}$/.test(text)) return text;
  throw usage("Cannot use ONGLASS_TOKEN: it takes 16 to 512 printable characters without blanks");
}

/** Names of `hosts.toml`. */
export function readFleet(text: string | undefined, name: string): readonly string[] {
  const names = [...new Set(splitList(text))];
  if (names.length <= 32 && names.every((one) => /^[\w.-]{1,64}$/.test(one))) return names;
  throw usage(`Cannot use ${name} "${text}": it takes up to 32 names of hosts.toml, with commas`);
}

export function splitList(text = ""): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** A rejected value is not repeated: it may be secret. */
export function readArchive(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isS3 = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,62}(\/[\w./=-]{0,512})?$/.test(text);
  if (isS3 || (text !== "" && !text.includes("://"))) return text;
  throw usage("Cannot use --archive: it takes s3://bucket/prefix or a directory");
}
