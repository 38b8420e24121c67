/** Who plays, for people: a player's own label, or how many watch a stream in a browser. */
import type { Reader } from "./format.ts";

type Played = { readonly client: string; readonly viewers?: number | undefined };

/** Captures from before viewers were counted show the label that they have. */
export function clientText({ messages, format }: Reader, { client, viewers }: Played): string {
  const { one, other } = messages.watch.viewersOf;
  if (viewers !== undefined) return (viewers === 1 ? one : other)(format.integer(viewers));
  return client === "" ? "–" : client;
}
