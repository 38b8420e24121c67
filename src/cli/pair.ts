/** `onglass pair`: asks the running host, over its API, for a one-time code for a new player. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Value } from "@sinclair/typebox/value";
import { Failure } from "../base/failure.ts";
import { fingerprintOf, readHostIdentity } from "../base/identity.ts";
import { readPrivateFile } from "../base/private-file.ts";
import { type Config, readConfig } from "../config.ts";
import { PairingCode } from "../model/player.ts";
import { Problem } from "../model/problem.ts";
import { helpText } from "./help.ts";
import { exitOk, type Terminal } from "./output.ts";

/** Flags of this command that are settings of the host too. */
const flags = {
  "data-dir": { type: "string" },
  listen: { type: "string" },
  tls: { type: "boolean" },
  "no-tls": { type: "boolean" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const answerMsMax = 10_000;
const answerBytesMax = 65_536;

/** Exit code 0. @throws Failure `usage`, or what kept it from a code */
export async function runPair(args: readonly string[], terminal: Terminal): Promise<number> {
  const { help, json, settings } = readArgs(args);
  if (help) {
    terminal.print(helpText("pair"));
    return exitOk;
  }
  const made = await askForCode(readConfig(settings, terminal.env));
  if (json) terminal.print(JSON.stringify(made));
  else {
    terminal.print(`code     ${made.code}`);
    terminal.print(`run      ${made.command}`);
    terminal.print(`valid    until ${new Date(made.expires_unix_ms).toISOString()}, once`);
  }
  return exitOk;
}

async function askForCode(config: Config): Promise<PairingCode> {
  const token = config.token ?? (await readPrivateFile(join(config.dataDirectory, "token")));
  if (token === undefined) {
    const reason = `"${config.dataDirectory}" holds no token and ONGLASS_TOKEN is not set`;
    throw new Failure("no_token", `Cannot ask the host for a code: ${reason}`);
  }
  const response = await post(config, token.trim());
  const body: unknown = JSON.parse(await readText(response, config));
  if (response.ok && Value.Check(PairingCode, body)) return body;
  const reason = Value.Check(Problem, body) ? body.error : `it answered ${response.status}`;
  throw new Failure("pairing_failed", `Cannot get a code from the host: ${reason}`);
}

async function post(config: Config, token: string): Promise<Response> {
  const url = `${config.tls ? "https" : "http"}://${reachable(config.listen)}/api/v1/pairing`;
  const request = {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    redirect: "error",
    signal: AbortSignal.timeout(answerMsMax),
  } as const;
  const tls = config.tls ? await trustHost(config) : undefined;
  try {
    return await fetch(url, tls === undefined ? request : { ...request, tls });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot reach the host at "${url}": ${reason}; is "onglass serve" running?`;
    throw new Failure("host_unreachable", message, { cause });
  }
}

/** The token goes to this very certificate and to nobody else. */
async function trustHost(config: Config) {
  const identity = await readHostIdentity(config.dataDirectory);
  if (identity === undefined) {
    const reason = `"${config.dataDirectory}" holds no certificate to know it by`;
    throw new Failure("no_certificate", `Cannot ask the host for a code: ${reason}`);
  }
  return {
    ca: identity.certificatePem,
    checkServerIdentity: (_name: string, peer: { raw: Uint8Array }) =>
      fingerprintOf(peer.raw) === identity.fingerprint
        ? undefined
        : new Error("its certificate is not the one in the data directory"),
  };
}

async function readText(response: Response, config: Config): Promise<string> {
  const text = await response.text();
  if (text.length <= answerBytesMax && /^\s*\{/.test(text)) return text;
  const { host, port } = config.listen;
  throw new Failure("pairing_failed", `Cannot get a code: "${host}:${port}" is no onglass host`);
}

/** Where a host that listens on every address is reached from its own machine. */
function reachable({ host, port }: Config["listen"]): string {
  if (host === "0.0.0.0") return `127.0.0.1:${port}`;
  if (host === "::") return `[::1]:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function readArgs(args: readonly string[]) {
  try {
    const { values } = parseArgs({ args: [...args], options: flags, strict: true });
    const own = new Set(["--json", "--help"]);
    return { ...values, settings: args.filter((each) => !own.has(each)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure("usage", `Cannot read the command line: ${reason}`, { cause });
  }
}
