/** Three troubles that nobody announces, and when they came. */
import type { Random } from "../../support/random.ts";
import { busyCores, stopFor } from "../verdict/injections.ts";
import type { HistoryStream } from "./stream.ts";

/** What goes wrong: other programs take the cores, packets are lost, what is streamed stands still. */
export const troubleNames = ["cores", "loss", "screen"] as const;
export type TroubleName = (typeof troubleNames)[number];

/** By the wall clock. */
export type Made = {
  readonly name: TroubleName;
  readonly fromMs: number;
  readonly toMs: number;
  /** Datagrams that the kernel counted as lost. */
  readonly lostCount: number;
};

const makers: Readonly<Record<TroubleName, (stream: HistoryStream) => Promise<number>>> = {
  cores: async () => {
    await busyCores({ perCore: 6, ms: 2000 });
    return 0;
  },
  loss: (stream) => stream.lose(3, 5000),
  screen: async ({ picture }) => {
    await stopFor(picture.program?.pid, 3000);
    return 0;
  },
};

/** Calm at the start, around each and at the end: a verdict looks at ten seconds, a capture at forty. */
const calmMs = 25_000;
/** The shortest run in which three have room. */
export const leastMs = 4 * calmMs + 40_000;

/** In any order, each somewhere in its own part of the time. Answers in the order of `troubleNames`. */
export async function makeTroubles(
  stream: HistoryStream,
  { ms, random }: { readonly ms: number; readonly random: Random },
): Promise<Made[]> {
  const order = troubleNames.toSorted(() => random.below(3) - 1);
  const roomMs = Math.floor((ms - leastMs) / order.length);
  const made: Made[] = [];
  const startMs = Date.now();
  for (const [index, name] of order.entries()) {
    const dueMs = startMs + calmMs + index * (calmMs + roomMs + 10_000) + random.below(roomMs + 1);
    await Bun.sleep(Math.max(0, dueMs - Date.now()));
    const fromMs = Date.now();
    const lostCount = await makers[name](stream);
    made.push({ name, fromMs, toMs: Date.now(), lostCount });
  }
  await Bun.sleep(Math.max(0, startMs + ms - Date.now()));
  return troubleNames.flatMap((name) => made.filter((one) => one.name === name));
}
