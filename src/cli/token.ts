/** `onglass token`: makes, lists and revokes named tokens of the running host. */
import { Type } from "@sinclair/typebox";
import { readCommandLine, usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { isoText } from "../base/iso-text.ts";
import { AccessToken, type AccessTokenRequest, NewAccessToken } from "../model/access-token.ts";
import { tokenFlags } from "./flags.ts";
import { askFor, tellHost } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { alignColumns, exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

type Run = {
  readonly host: HostTarget;
  readonly terminal: Terminal;
  readonly words: readonly string[];
  readonly values: {
    readonly json: boolean;
    readonly operator: boolean;
    readonly expires: string;
  };
};

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runToken(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, tokenFlags);
  const { action, rest } = subcommand("token", words, { make, list, revoke });
  await action({ host: await targetOf(values, terminal.env), terminal, words: rest, values });
  return exitOk;
}

/** The secret alone goes to stdout, so that it can be sent to a file; what it is to stderr. */
async function make({ host, terminal, words, values }: Run): Promise<void> {
  const name = oneWord(words, "NAME");
  const days = readDays(values.expires);
  const request: AccessTokenRequest = {
    name,
    rights: values.operator ? "operator" : "read",
    ...(days === undefined ? {} : { expires_in_days: days }),
  };
  const body = JSON.stringify(request);
  const call = { method: "POST", path: "/tokens", body, what: "make the token" } as const;
  const made = await askFor(host, { ...call, shape: NewAccessToken });
  if (values.json) return terminal.print(JSON.stringify(made));
  terminal.print(made.token);
  const until = made.expires_unix_ms === undefined ? "never" : isoText(made.expires_unix_ms);
  terminal.say(`"${made.name}": ${made.rights}, expires ${until}; it is shown only this once`);
}

async function list({ host, terminal, words, values }: Run): Promise<void> {
  if (words[0] !== undefined) throw usage(`Unexpected argument "${words[0]}"`);
  const tokens = await listed(host);
  if (values.json) return terminal.print(JSON.stringify(tokens));
  const heading = ["ID", "NAME", "RIGHTS", "CREATED", "EXPIRES", "LAST USED"];
  for (const line of alignColumns([heading, ...tokens.map(rowOf)])) terminal.print(line);
}

/** By id, or by name: both are unique. */
async function revoke({ host, terminal, words, values }: Run): Promise<void> {
  const wanted = oneWord(words, "NAME or ID");
  const found = (await listed(host)).find(({ id, name }) => id === wanted || name === wanted);
  if (found === undefined) throw new Failure("not_found", `There is no token "${wanted}"`);
  const path = `/tokens/${encodeURIComponent(found.id)}`;
  await tellHost(host, { method: "DELETE", path, what: "revoke the token" });
  if (values.json) terminal.print(JSON.stringify({ revoked: found.id }));
  else terminal.say(`Revoked "${found.name}"`);
}

async function listed(host: HostTarget): Promise<AccessToken[]> {
  const call = { method: "GET", path: "/tokens", what: "list the tokens" } as const;
  return await askFor(host, { ...call, shape: Type.Array(AccessToken) });
}

function rowOf(token: AccessToken): string[] {
  const day = (ms: number) => isoText(ms).slice(0, 10);
  const { expires_unix_ms: expires, last_used_on: used = "-" } = token;
  const until = expires === undefined ? "never" : day(expires);
  return [token.id, token.name, token.rights, day(token.created_unix_ms), until, used];
}

function oneWord([word, ...more]: readonly string[], what: string): string {
  if (word === undefined) throw usage(`Missing ${what}`);
  if (more[0] !== undefined) throw usage(`Unexpected argument "${more[0]}"`);
  return word;
}

/** `30d` or `never`. */
function readDays(text: string): number | undefined {
  if (text === "never") return undefined;
  const days = Number(/^([1-9]\d{0,3})d$/.exec(text)?.[1] ?? 0);
  if (days >= 1 && days <= 3650) return days;
  throw usage(`Cannot use --expires "${text}": it takes 1d to 3650d, or never`);
}
