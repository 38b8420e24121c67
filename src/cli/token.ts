/** `onglass token`: makes, lists and revokes named tokens of the running host. */
import { wallDate } from "../base/clock.ts";
import { oneWord, readCommandLine, usage } from "../base/command-line.ts";
import { isoText } from "../base/iso-text.ts";
import { AccessToken, type AccessTokenRequest, NewAccessToken } from "../model/access-token.ts";
import { tokenFlags } from "./flags.ts";
import { type RightKind, type RightsRun, rightsActions } from "./given-rights.ts";
import { askFor } from "./host-call.ts";
import { targetOf } from "./host-target.ts";
import { exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

type Run = RightsRun<{
  readonly json: boolean;
  readonly operator: boolean;
  readonly expires: string;
}>;

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runToken(args: readonly string[], terminal: Terminal): Promise<number> {
  const called = readCommandLine(args, tokenFlags);
  const { values } = called;
  const { action, rest } = subcommand("token", called, { make, ...rightsActions(kind) });
  await action({ host: await targetOf(values, terminal.env), terminal, words: rest, values });
  return exitOk;
}

/**
 * Only the secret goes to stdout, so that it can be redirected to a file; its description to
 * stderr.
 */
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
  terminal.say(`"${made.name}": ${made.rights}, expires ${until}; it will not be shown again`);
}

const kind: RightKind<typeof AccessToken> = {
  word: "token",
  shape: AccessToken,
  heading: ["ID", "NAME", "RIGHTS", "CREATED", "EXPIRES", "LAST USED"],
  rowOf,
};

function rowOf(token: AccessToken): string[] {
  const day = (ms: number) => isoText(ms).slice(0, 10);
  const { expires_unix_ms: expires, last_used_on: used = "-" } = token;
  const until =
    expires === undefined ? "never" : `${day(expires)}${isPast(expires) ? " (expired)" : ""}`;
  return [token.id, token.name, token.rights, day(token.created_unix_ms), until, used];
}

function isPast(unixMs: number): boolean {
  return unixMs <= wallDate().getTime();
}

/** `30d` or `never`. */
function readDays(text: string): number | undefined {
  if (text === "never") return undefined;
  const days = Number(/^([1-9]\d{0,3})d$/.exec(text)?.[1] ?? 0);
  if (days >= 1 && days <= 3650) return days;
  throw usage(`Cannot use --expires "${text}": it takes 1d to 3650d, or never`);
}
