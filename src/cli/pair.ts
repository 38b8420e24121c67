/** `onglass pair`: asks the running host, over its API, for a one-time code for a new player. */
import { parseArgs } from "node:util";
import { Value } from "@sinclair/typebox/value";
import { Failure } from "../base/failure.ts";
import { type Config, readConfig } from "../config.ts";
import { PairingCode } from "../model/player.ts";
import { Problem } from "../model/problem.ts";
import { helpText } from "./help.ts";
import { askHost } from "./host-call.ts";
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
  const response = await askHost(config, { method: "POST", path: "/pairing" });
  const body: unknown = JSON.parse(await readText(response, config));
  if (response.ok && Value.Check(PairingCode, body)) return body;
  const reason = Value.Check(Problem, body) ? body.error : `it answered ${response.status}`;
  throw new Failure("pairing_failed", `Cannot get a code from the host: ${reason}`);
}

async function readText(response: Response, config: Config): Promise<string> {
  const text = await response.text();
  if (text.length <= answerBytesMax && /^\s*\{/.test(text)) return text;
  const { host, port } = config.listen;
  throw new Failure("pairing_failed", `Cannot get a code: "${host}:${port}" is no onglass host`);
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
