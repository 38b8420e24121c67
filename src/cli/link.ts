/** `onglass link`: makes, lists and revokes links to single streams of the running host. */

import { readCommandLine, refuseWords, usage } from "../base/command-line.ts";
import { isLoopbackHost } from "../base/host-names.ts";
import { isoText } from "../base/iso-text.ts";
import {
  linkMinutesMax,
  linkUsesMax,
  NewStreamLink,
  StreamLink,
  type StreamLinkRequest,
} from "../model/link.ts";
import { isRequestable, requestedForms } from "../model/source.ts";
import { linkFlags } from "./flags.ts";
import { type RightKind, type RightsRun, rightsActions } from "./given-rights.ts";
import { askFor } from "./host-call.ts";
import { targetOf } from "./host-target.ts";
import { exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

type Run = RightsRun<{
  readonly json: boolean;
  readonly play: boolean;
  readonly stream: string | undefined;
  readonly for: string;
  readonly uses: string;
  readonly at: string | undefined;
}>;

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runLink(args: readonly string[], terminal: Terminal): Promise<number> {
  const called = readCommandLine(args, linkFlags);
  const { values } = called;
  const { action, rest } = subcommand("link", called, { make, ...rightsActions(kind) });
  await action({ host: await targetOf(values, terminal.env), terminal, words: rest, values });
  return exitOk;
}

/** The link alone goes to stdout, so that it can be sent on; what it opens to stderr. */
async function make({ host, terminal, words, values }: Run): Promise<void> {
  const [name = "", ...more] = words;
  refuseWords(more);
  const request: StreamLinkRequest = {
    name,
    rights: values.play ? "play" : "watch",
    uses: readUses(values.uses),
    expires_in_minutes: readMinutes(values.for),
    ...(values.stream === undefined ? {} : { stream: { source: readSource(values.stream) } }),
  };
  const address = values.at === undefined ? undefined : readAddress(values.at);
  const body = JSON.stringify(request);
  const call = { method: "POST", path: "/links", body, what: "make the link" } as const;
  const made = await askFor(host, { ...call, shape: NewStreamLink });
  const link = { ...made, url: address === undefined ? made.url : atAddress(made.url, address) };
  if (values.json) return terminal.print(JSON.stringify(link));
  terminal.print(link.url);
  sayIfOnlyHere(terminal, link.url);
  const what = link.rights === "play" ? "to watch and control" : "to watch";
  const uses = link.uses_max === 1 ? "one browser" : `${link.uses_max} browsers`;
  terminal.say(
    `${what}, for ${uses}, until ${isoText(link.expires_unix_ms)}; shown only this once`,
  );
}

function sayIfOnlyHere(terminal: Terminal, url: string): void {
  if (!isLoopbackHost(new URL(url).hostname)) return;
  terminal.say("The link only opens on this machine; use --at to give the address for others");
}

const kind: RightKind<typeof StreamLink> = {
  word: "link",
  shape: StreamLink,
  heading: ["ID", "FOR", "STREAM", "RIGHTS", "EXPIRES", "USES", "CONNECTED"],
  rowOf,
};

function rowOf(link: StreamLink): string[] {
  const until = isoText(link.expires_unix_ms).slice(0, 16);
  const name = link.name === "" ? "-" : link.name;
  const uses = `${link.uses}/${link.uses_max}`;
  return [
    ...[link.id, name, link.stream.source ?? "(default)", link.rights, until, uses],
    String(link.connections),
  ];
}

function readSource(text: string): string {
  if (isRequestable(text)) return text;
  throw usage(`Cannot use --stream "${text}": it takes ${requestedForms}`);
}

function readUses(text: string): number {
  const uses = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  if (uses >= 1 && uses <= linkUsesMax) return uses;
  throw usage(`Cannot use --uses "${text}": it takes 1 to ${linkUsesMax}`);
}

const minutesOf: ReadonlyMap<string, number> = new Map([
  ["m", 1],
  ["h", 60],
  ["d", 1440],
]);

/** `30m`, `2h` or `7d`. */
function readMinutes(text: string): number {
  const [, count = "", unit = ""] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  const minutes = Number(count) * (minutesOf.get(unit) ?? 0);
  if (minutes >= 1 && minutes <= linkMinutesMax) return minutes;
  throw usage(`Cannot use --for "${text}": it takes 1m to 365d, as in 30m, 2h or 7d`);
}

/** Where others reach the console, such as `https://box.lan:7780`. */
function readAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw usage(`Cannot use --at "${text}": it takes an address such as https://box.lan:7780`);
}

function atAddress(url: string, { origin }: URL): string {
  const { pathname, hash } = new URL(url);
  return `${origin}${pathname}${hash}`;
}
