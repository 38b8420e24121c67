/** Who plays, for people: a player's own label, or how many watch a stream in a browser. */
import type { Reader } from "./format.ts";

type Played = { readonly kind: string; readonly client: string };

/** The sessions of browsers say "2 viewers" in the API, which is English. */
export function clientText({ messages, format }: Reader, { kind, client }: Played): string {
  const [, viewers] = kind === "moq" ? (/^(\d{1,6}) viewers?$/.exec(client) ?? []) : [];
  if (viewers !== undefined) return messages.watch.viewers(format.integer(Number(viewers)));
  return client === "" ? "–" : client;
}
