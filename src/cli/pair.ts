/**
 * `onglass pair`: asks the running host, over its API, for a one-time code for a new player, or
 * hands it the PIN that a Moonlight player shows.
 */

import { Value } from "@sinclair/typebox/value";
import { readCommandLine, refuseWords, usage } from "../base/command-line.ts";
import { cannotText } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { isoText } from "../base/iso-text.ts";
import { parseJson } from "../base/parse-json.ts";
import { PairingCode, PinEntry, type PinOutcome, PinResult } from "../model/player.ts";
import { Problem } from "../model/problem.ts";
import { pairFlags } from "./flags.ts";
import { askHost, readText, refusedBy } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";

const answerBytesMax = 65_536;
/** The host waits ten seconds for what the player says. */
const outcomeMsMax = 20_000;

/** Exit code 0. @throws Failure `usage`, or what kept it from a code or the PIN from its player */
export async function runPair(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, pairFlags);
  refuseWords(words);
  const { json, pin, uniqueid, id, name } = values;
  const entry = pinEntry(pin, { uniqueid, id, name });
  const host = await targetOf(values, terminal.env);
  if (entry === undefined) printCode(await askForCode(host), { json, terminal });
  else {
    return printOutcome(await submitPin(host, entry), { json, terminal });
  }
  return exitOk;
}

type Which = {
  readonly uniqueid?: string | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
};

function pinEntry(pin: string | undefined, which: Which): PinEntry | undefined {
  const { uniqueid, id, name } = which;
  if (pin === undefined && Object.values(which).every((one) => one === undefined)) return undefined;
  if (pin === undefined) throw usage("Cannot pair: --uniqueid, --id and --name go with --pin");
  if (id !== undefined && !/^[1-9]\d{0,14}$/.test(id)) {
    throw usage(`Cannot use id "${id.slice(0, 64)}": it takes a whole number from 1`);
  }
  const isPin: boolean = Value.Check(PinEntry.properties.pin, pin);
  if (!isPin) {
    throw usage(`Cannot use PIN "${pin.slice(0, 64)}": a PIN has 4 to 8 digits`);
  }
  return {
    pin,
    ...(uniqueid === undefined ? {} : { uniqueid }),
    ...(id === undefined ? {} : { id: Number(id) }),
    ...(name === undefined ? {} : { name }),
  };
}

const outcomeTexts = {
  paired: "The player is paired",
  wrong_pin:
    "The player says that the PIN is wrong. Try again: start pairing there once more and type the new PIN",
  unfinished: "PIN sent; the player says whether it was right",
} as const satisfies Record<PinOutcome, string>;

/** Exit code 1 where the player refused the PIN. */
function printOutcome(outcome: PinOutcome, { json, terminal }: Output): number {
  const isWrong = outcome === "wrong_pin";
  if (json) terminal.print(JSON.stringify({ handed_over: true, outcome }));
  else if (isWrong) terminal.say(outcomeTexts[outcome]);
  else terminal.print(outcomeTexts[outcome]);
  return isWrong ? exitFailed : exitOk;
}

/** An earlier version that said nothing about the outcome leaves it open. */
async function submitPin(host: HostTarget, entry: PinEntry): Promise<PinOutcome> {
  const body = JSON.stringify(entry);
  const call = { method: "POST", path: "/pairing/pin", body, answerMsMax: outcomeMsMax } as const;
  const response = await askHost(host, call);
  if (response.status !== 202) await refusedBy(response, "pair the player");
  const text = await readText(response, "pair the player");
  const result = parseJson(text);
  return Value.Check(PinResult, result) ? result.outcome : "unfinished";
}

type Output = { readonly json: boolean; readonly terminal: Terminal };

function printCode(made: PairingCode, { json, terminal }: Output): void {
  if (json) terminal.print(JSON.stringify(made));
  else {
    terminal.print(`code     ${made.code}`);
    terminal.print(`run      ${made.command}`);
    terminal.print(`valid    until ${isoText(made.expires_unix_ms)}, once`);
  }
}

async function askForCode(host: HostTarget): Promise<PairingCode> {
  const response = await askHost(host, { method: "POST", path: "/pairing" });
  const body = parseJson(await readObject(response, host));
  if (response.ok && Value.Check(PairingCode, body)) return body;
  const reason = Value.Check(Problem, body) ? body.error : `it answered ${response.status}`;
  throw new Failure("pairing_failed", cannotText("get a code from the host", reason));
}

async function readObject(response: Response, host: HostTarget): Promise<string> {
  const text = await readText(response, "get a code");
  if (text.length <= answerBytesMax && /^\s*\{/.test(text)) return text;
  throw new Failure("pairing_failed", `Cannot get a code: "${host.name}" is not an onglass host`);
}
