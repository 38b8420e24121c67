/** The player for people: its own label, or how many watch a stream in a browser. */
import type { Reader } from "./format.ts";

type Played = {
  readonly kind?: string;
  readonly client: string;
  readonly viewers?: number | undefined;
};

/** The label of a browser's stream says how many watched when it began: usually nobody. */
const countLabel = /^\d+ viewers?$/;

/** For a browser's stream in the history, "no viewers" would be wrong. */
export function clientText(
  { messages, format }: Reader,
  { kind, client, viewers }: Played,
): string {
  const { viewersOf, inBrowser } = messages.watch;
  const { one, other } = viewersOf;
  if (viewers === undefined && kind === "moq" && countLabel.test(client)) return inBrowser;
  if (viewers !== undefined) return (viewers === 1 ? one : other)(format.integer(viewers));
  return client === "" ? "–" : client;
}
