/**
 * `hosts.toml` in the configuration directory: names for hosts, with how each is reached and known.
 * The file and the token files it names are read only where no other user can read them.
 */
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { opennessOf } from "../base/private-file.ts";
import { readFileIfAny } from "../base/read-file.ts";
import type { Environment } from "../config.ts";
import { isTokenText, tokenForm } from "../store/token-file.ts";
import { isPin, pinForm } from "./host-trust.ts";

const NamedHost = Type.Object(
  {
    url: Type.String({ maxLength: 2000 }),
    token: Type.Optional(Type.String({ maxLength: 512 })),
    token_file: Type.Optional(Type.String({ maxLength: 4096 })),
    pin: Type.Optional(Type.String({ maxLength: 200 })),
    ca: Type.Optional(Type.String({ maxLength: 4096 })),
    plain_http: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
/** A host as `hosts.toml` names it; its paths are absolute. */
export type NamedHost = Static<typeof NamedHost>;

const WithToken = Type.Object({ token: Type.Unknown() });
const HostsFile = Type.Object({ hosts: Type.Record(Type.String(), Type.Unknown()) });

/** `$XDG_CONFIG_HOME/onglass/hosts.toml`, else in `~/.config`. */
export function hostsFilePath(env: Environment): string {
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config");
  return join(base, "onglass", "hosts.toml");
}

/** The host of this name. @throws Failure `hosts_file` that says what is wrong with it */
export async function readNamedHost(name: string, env: Environment): Promise<NamedHost> {
  const path = hostsFilePath(env);
  const { hosts, text } = await readHosts(path);
  const found = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(hosts).join(", ") || "none";
    throw fault(path, `it has no host "${withoutSecret(name)}"; it has ${known}`);
  }
  const wrong = (key: string, reason: string) =>
    fault(path, `${lineOf(text, name, key)}host "${name}" ${reason}`);
  if (!Value.Check(NamedHost, found)) {
    const first = Value.Errors(NamedHost, found).First();
    const key = first?.path.slice(1) ?? "";
    throw wrong(key, `is wrong at "${key}": ${first?.message}`);
  }
  const contradiction = contradictionIn(found);
  if (contradiction !== undefined) throw wrong("", contradiction);
  const unusable = unusableIn(found);
  if (unusable !== undefined)
    throw wrong(unusable.key, `is wrong at "${unusable.key}": ${unusable.rule}`);
  const absolute = (file: string) => (isAbsolute(file) ? file : resolve(dirname(path), file));
  const { token, token_file, ca } = found;
  return {
    ...found,
    ...(token === undefined ? {} : { token: token.trim() }),
    ...(token_file === undefined ? {} : { token_file: absolute(token_file) }),
    ...(ca === undefined ? {} : { ca: absolute(ca) }),
  };
}

/** A host as a message may show it: what is before an `@` may be a password. */
export function withoutSecret(name: string): string {
  return name.replace(/^(https?:\/\/)?.*@/is, "$1…@");
}

/** What no host could have. The text is not repeated: it may be a secret. */
function unusableIn({ token, pin }: NamedHost) {
  if (token !== undefined && !isTokenText(token)) return { key: "token", rule: tokenForm };
  return pin === undefined || isPin(pin) ? undefined : { key: "pin", rule: pinForm };
}

/** What cannot hold at once; each would be ignored without a word. */
function contradictionIn(host: NamedHost): string | undefined {
  const { url, token, token_file, pin, ca } = host;
  if (pin !== undefined && ca !== undefined) return "has both pin and ca; it takes one";
  if (token !== undefined && token_file !== undefined) {
    return "has both token and token_file; it takes one";
  }
  const isKnownByKey = pin !== undefined || ca !== undefined;
  if (!isKnownByKey || URL.parse(url)?.protocol !== "http:") return undefined;
  return "has a pin or ca, which only an https address can be checked by";
}

/** A token of a file that its owner alone can read. @throws Failure `hosts_file` */
export async function readTokenFile(path: string): Promise<string> {
  await checkMode(path, "read");
  const text = (await readFileIfAny(path))?.trim();
  if (text !== undefined && isTokenText(text)) return text;
  throw fault(path, text === undefined ? "it is missing" : `it holds no token: ${tokenForm}`);
}

/** The names of `--fleet`. @throws Failure `usage`: a service that starts again would find the same */
export async function checkNamedHosts(names: readonly string[], env: Environment): Promise<void> {
  for (const name of names) {
    await readNamedHost(name, env).catch((cause: unknown) => {
      // A disk that does not answer may do so the next time.
      if (!(cause instanceof Failure) || cause.code !== "hosts_file") throw cause;
      throw usage(cause.message.replace("Cannot use", "Cannot show the hosts of --fleet by"));
    });
  }
}

type HostsRead = { readonly hosts: Readonly<Record<string, unknown>>; readonly text: string };

async function readHosts(path: string): Promise<HostsRead> {
  const text = await readFileIfAny(path);
  if (text === undefined) throw fault(path, "it is missing");
  const value = parse(path, text);
  if (!Value.Check(HostsFile, value)) throw fault(path, "it has no table [hosts.NAME]");
  const hosts = Object.values(value.hosts);
  if (hosts.some((host) => Value.Check(WithToken, host))) await checkMode(path, "read");
  // An address that somebody else wrote would be sent a token.
  await checkMode(path, "change");
  return { hosts: value.hosts, text };
}

function parse(path: string, text: string): unknown {
  const reason = tomlFault(text);
  if (reason === undefined) return Bun.TOML.parse(text);
  throw fault(path, `line ${faultyLine(text)} is not TOML: ${reason}`);
}

/** What the parser has against a text, without what it quotes of it: that may be a token. */
function tomlFault(text: string): string | undefined {
  try {
    Bun.TOML.parse(text);
    return undefined;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return message.replace(/^TOML Parse error: /, "").replace(/[:,]? ["'].*$/s, "");
  }
}

/** The parser names no line: it is the one behind the longest beginning that is whole. */
function faultyLine(text: string): number {
  const lines = text.split("\n");
  let count = lines.length - 1;
  while (count > 0 && tomlFault(`${lines.slice(0, count).join("\n")}\n`) !== undefined) count -= 1;
  return count + 1;
}

/** `line 3: `, where a key of a host stands, else the head of its table; empty where neither is found. */
function lineOf(text: string, name: string, key: string): string {
  const lines = text.split("\n").map((line) => line.replaceAll(/["'\s]/g, ""));
  const head = lines.findIndex((line) => line.startsWith(`[hosts.${name}]`));
  if (head < 0) return "";
  const length = lines.slice(head + 1).findIndex((line) => line.startsWith("["));
  const table = lines.slice(head + 1, length < 0 ? undefined : head + 1 + length);
  const place = key === "" ? -1 : table.findIndex((line) => line.startsWith(`${key}=`));
  return `line ${head + 2 + place}: `;
}

async function checkMode(path: string, toDo: "read" | "change"): Promise<void> {
  const openness = await opennessOf(path, toDo);
  if (openness !== undefined) throw fault(path, openness);
}

function fault(path: string, reason: string): Failure {
  return new Failure("hosts_file", `Cannot use "${path}": ${reason}`);
}
