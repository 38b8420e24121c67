/**
 * Which host a command asks: the one of this machine's data directory, or another, by `--host` with an
 * address or a name of `hosts.toml`.
 */
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { isAnyAddress, isLoopbackHost, joinAddress } from "../base/host-names.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { type Config, configOf, type Environment, type FlagValues } from "../config.ts";
import { readToken } from "../settings-read.ts";
import { isTokenText, tokenForm } from "../store/token-file.ts";
import {
  isPin,
  ownTokenPath,
  pinForm,
  type TlsTrust,
  trustAuthority,
  trustOwnHost,
  trustPin,
} from "./host-trust.ts";
import { type NamedHost, readNamedHost, readTokenFile, withoutSecret } from "./hosts-file.ts";
import { isOwnHost } from "./own-host.ts";

/** A host to ask: where it is, the token for it, and how it is known. */
export type HostTarget = {
  /** For messages: the name or the address. */
  readonly name: string;
  /** Scheme, host and port. */
  readonly url: URL;
  readonly token: string;
  /** How its certificate is checked; the system's authorities without. */
  readonly tls: TlsTrust | undefined;
  /** Whether it is another host than the one of the data directory. */
  readonly isRemote: boolean;
};

/** The host that the flags name. @throws Failure `usage`, `no_token`, `hosts_file`, `host_changed` */
export async function targetOf(values: FlagValues, env: Environment): Promise<HostTarget> {
  return (await namedTarget(values, env)) ?? (await ownTarget(configOf(values, env)));
}

/** The host that --host names; `undefined` without it. @throws Failure as `targetOf` */
export async function namedTarget(
  values: FlagValues,
  env: Environment,
): Promise<HostTarget | undefined> {
  const host = values.host;
  if (typeof host !== "string") {
    for (const name of ["token-file", "tls-ca", "tls-pin", "plain-http"]) {
      const isGiven = values[name] !== undefined && values[name] !== false;
      if (isGiven) throw usage(`Cannot use --${name} without --host`);
    }
    return undefined;
  }
  for (const name of ["listen", "tls", "no-tls"]) {
    const isGiven = values[name] !== undefined && values[name] !== false;
    if (isGiven) throw usage(`Cannot use --${name} with --host: that one says where it is`);
  }
  return await remoteTarget(host, { values, env });
}

async function ownTarget(config: Config): Promise<HostTarget> {
  const { dataDirectory, tls, listen } = config;
  const token = config.token ?? (await ownToken(dataDirectory));
  if (token === undefined) {
    const reason = `"${dataDirectory}" holds no token and ONGLASS_TOKEN is not set`;
    throw new Failure("no_token", `Cannot ask the host: ${reason}`);
  }
  const address = joinAddress(reachable(listen.host), listen.port);
  return {
    name: address,
    url: new URL(`${tls ? "https" : "http"}://${address}`),
    token,
    tls: tls ? await trustOwnHost(dataDirectory) : undefined,
    isRemote: false,
  };
}

/** Where a host that listens on every address is reached from its own machine. */
function reachable(host: string): string {
  if (!isAnyAddress(host)) return host;
  return host === "::" ? "::1" : "127.0.0.1";
}

type Given = { readonly values: FlagValues; readonly env: Environment };

async function remoteTarget(name: string, { values, env }: Given): Promise<HostTarget> {
  const isUrl = /^https?:\/\//i.test(name);
  const named: NamedHost = isUrl ? { url: name } : await readNamedHost(name, env);
  const given = givenOf(values);
  const url = readUrl(named.url, name);
  checkKeyed(url, given);
  const facts = joined(named, given);
  checkPlain(url, facts);
  const token = await tokenOf(facts, { url, env });
  const own = token === undefined ? await ownAccess(url, { values, env }) : undefined;
  const known = token ?? own?.token;
  if (known === undefined) throw noToken(name, env);
  const tls = (await trustOf(url, facts)) ?? own?.tls;
  return { name, url, token: known, tls, isRemote: true };
}

/** What is known of the host of this machine's data directory, where the address is that one's. */
async function ownAccess(
  url: URL,
  { values, env }: Given,
): Promise<Pick<HostTarget, "token" | "tls"> | undefined> {
  const { dataDirectory } = configOf(values, env);
  if (!(await isOwnHost(dataDirectory, url))) return undefined;
  const token = await ownToken(dataDirectory);
  if (token === undefined) return undefined;
  const tls = url.protocol === "https:" ? await trustOwnHost(dataDirectory) : undefined;
  return { token, tls };
}

/** Of a data directory; `undefined` where it has none. @throws Failure `token_damaged` */
async function ownToken(dataDirectory: string): Promise<string | undefined> {
  const path = ownTokenPath(dataDirectory);
  const text = await readFileIfAny(path);
  if (text === undefined || isTokenText(text)) return text?.trim();
  throw new Failure("token_damaged", `Cannot use the token in "${path}": ${tokenForm}`);
}

function noToken(name: string, env: Environment): Failure {
  const why = env.ONGLASS_TOKEN ? " (ONGLASS_TOKEN is only sent to this machine)" : "";
  const text = `Cannot ask "${name}": there is no token for it${why}; --token-file names its file`;
  return new Failure("no_token", text);
}

/** Flags win over the file, also over the other way to know the host there. */
function joined({ pin, ca, ...named }: NamedHost, given: Partial<NamedHost>): NamedHost {
  const isGiven = given.pin !== undefined || given.ca !== undefined;
  const known = {
    ...(pin === undefined ? {} : { pin }),
    ...(ca === undefined ? {} : { ca }),
  };
  return { ...named, ...(isGiven ? {} : known), ...given };
}

/** Without TLS there is no key to check, and the token would be sent unchecked. */
function checkKeyed(url: URL, { pin, ca }: Partial<NamedHost>): void {
  if (url.protocol === "https:" || (pin === undefined && ca === undefined)) return;
  const flag = pin === undefined ? "--tls-ca" : "--tls-pin";
  throw usage(`Cannot use ${flag} with "${url.origin}": only an https address has a key to check`);
}

function givenOf(values: FlagValues): Partial<NamedHost> {
  const text = (flag: string) => (typeof values[flag] === "string" ? values[flag] : undefined);
  const [token_file, ca, pin] = [text("token-file"), text("tls-ca"), text("tls-pin")];
  if (ca !== undefined && pin !== undefined)
    throw usage("Cannot use --tls-ca and --tls-pin together");
  if (pin !== undefined && !isPin(pin)) throw usage(`Cannot use --tls-pin "${pin}": ${pinForm}`);
  return {
    ...(token_file === undefined ? {} : { token_file }),
    ...(ca === undefined ? {} : { ca }),
    ...(pin === undefined ? {} : { pin }),
    ...(values["plain-http"] === true ? { plain_http: true } : {}),
  };
}

function readUrl(text: string, name: string): URL {
  const url = URL.parse(text);
  const isGood =
    url !== null &&
    ["http:", "https:"].includes(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    url.pathname === "/" &&
    url.search === "" &&
    url.hash === "";
  if (isGood) return url;
  const shown = withoutSecret(name);
  throw usage(`Cannot use host "${shown}": it takes an address such as https://den.local:7780`);
}

/** A token that crosses a network in the open is anybody's. */
function checkPlain(url: URL, { plain_http: isWanted = false }: NamedHost): void {
  if (url.protocol === "https:" || isLoopbackHost(url.hostname) || isWanted) return;
  const text = `Cannot send a token to "${url.host}" over plain HTTP; use https, or --plain-http where the network is your own`;
  throw usage(text);
}

/** `ONGLASS_TOKEN` is the operator's of this machine's host: it is sent to no other machine. */
async function tokenOf(
  { token, token_file: file }: NamedHost,
  { url, env }: { readonly url: URL; readonly env: Environment },
): Promise<string | undefined> {
  if (file !== undefined) return await readTokenFile(file);
  return (
    token ?? (isLoopbackHost(url.hostname) ? readToken(env.ONGLASS_TOKEN || undefined) : undefined)
  );
}

async function trustOf(url: URL, { pin, ca }: NamedHost): Promise<TlsTrust | undefined> {
  if (url.protocol !== "https:") return undefined;
  if (pin !== undefined) return await trustPin(url, pin);
  return ca === undefined ? undefined : await trustAuthority(ca);
}
