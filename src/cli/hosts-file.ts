/**
 * `hosts.toml` in the configuration directory: names for hosts, with how each is reached and known.
 * The file and the token files it names are read only where no other user can read them.
 */
import type { Stats } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Failure } from "../base/failure.ts";
import { readFileIfAny, statIfAny } from "../base/read-file.ts";
import type { Environment } from "../config.ts";
import { isPin, pinForm } from "./host-trust.ts";

const othersMayRead = 0o077;
const othersMayWrite = 0o022;

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
  const hosts = await readHosts(path);
  const found = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(hosts).join(", ") || "none";
    throw fault(path, `it has no host "${withoutSecret(name)}"; it has ${known}`);
  }
  if (!Value.Check(NamedHost, found)) {
    const first = Value.Errors(NamedHost, found).First();
    throw fault(path, `host "${name}" is wrong at "${first?.path.slice(1)}": ${first?.message}`);
  }
  const wrong = contradictionIn(found);
  if (wrong !== undefined) throw fault(path, `host "${name}" ${wrong}`);
  const absolute = (file: string) => (isAbsolute(file) ? file : resolve(dirname(path), file));
  const { token_file, ca } = found;
  return {
    ...found,
    ...(token_file === undefined ? {} : { token_file: absolute(token_file) }),
    ...(ca === undefined ? {} : { ca: absolute(ca) }),
  };
}

/** A host as a message may show it: what is before an `@` may be a password. */
export function withoutSecret(name: string): string {
  return name.replace(/^(https?:\/\/)?.*@/is, "$1…@");
}

/** What cannot hold at once; each would be ignored without a word. */
function contradictionIn(host: NamedHost): string | undefined {
  const { url, token, token_file, pin, ca } = host;
  if (pin !== undefined && ca !== undefined) return "has both pin and ca; it takes one";
  if (token !== undefined && token_file !== undefined) {
    return "has both token and token_file; it takes one";
  }
  if (pin !== undefined && !isPin(pin)) return `is wrong at "pin": ${pinForm}`;
  const isKnownByKey = pin !== undefined || ca !== undefined;
  if (!isKnownByKey || URL.parse(url)?.protocol !== "http:") return undefined;
  return "has a pin or ca, which only an https address can be checked by";
}

/** A token of a file that its owner alone can read. @throws Failure `hosts_file` */
export async function readTokenFile(path: string): Promise<string> {
  await checkPrivate(path);
  const text = (await readFileIfAny(path))?.trim();
  if (text !== undefined && /^[\x21-\x7e]{16,512}$/.test(text)) return text;
  throw fault(path, text === undefined ? "it is missing" : "it holds no token");
}

async function readHosts(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFileIfAny(path);
  if (text === undefined) throw fault(path, "it is missing");
  const value = parse(path, text);
  if (!Value.Check(HostsFile, value)) throw fault(path, "it has no table [hosts.NAME]");
  const hosts = Object.values(value.hosts);
  if (hosts.some((host) => Value.Check(WithToken, host))) await checkPrivate(path);
  await checkUnwritable(path);
  return value.hosts;
}

function parse(path: string, text: string): unknown {
  try {
    return Bun.TOML.parse(text);
  } catch (cause) {
    throw fault(path, `it is not TOML: ${cause instanceof Error ? cause.message : cause}`);
  }
}

async function checkPrivate(path: string): Promise<void> {
  await checkMode(path, othersMayRead, "others may read the token in it");
}

/** An address that somebody else wrote would be sent a token. */
async function checkUnwritable(path: string): Promise<void> {
  await checkMode(path, othersMayWrite, "others may change it");
}

async function checkMode(path: string, forbidden: number, reason: string): Promise<void> {
  const stats: Stats | undefined = await statIfAny(path);
  if (stats === undefined) throw fault(path, "it is missing");
  if ((stats.mode & forbidden) === 0) return;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
  throw fault(path, `${reason} (mode ${mode}); chmod 600 closes it`);
}

function fault(path: string, reason: string): Failure {
  return new Failure("hosts_file", `Cannot use "${path}": ${reason}`);
}
