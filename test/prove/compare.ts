/**
 * Equal runs of a real host and a real player, compared two by two: how many pages show a difference
 * where nothing was changed. Short runs; what the machine does beside them is part of the truth.
 */
import { Value } from "@sinclair/typebox/value";
import { HistoryState } from "../../src/model/frames-page.ts";
import { type RunComparison, RunComparison as Shape } from "../../src/model/run-comparison.ts";
import { startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** Seven blocks of five seconds: one more than the least that can show anything. */
const runSeconds = 37;
const startSeconds = 2;

export type PairResult = {
  readonly result: RunComparison["result"];
  readonly shown: readonly string[];
  readonly blocks: readonly [number, number];
};

/** So many hosts at once: each has a stream of its own, and half of the pairs. */
const hostCount = 2;

/**
 * Pairs of ranges of one stream that follow each other: nothing is different between them. The streams
 * run side by side, each pair within one of them, so that it takes half the time and no range is in two.
 */
export async function measurePairs(
  count: number,
  print: (line: string) => void,
): Promise<PairResult[]> {
  const streams = Math.min(hostCount, count);
  const counts = Array.from({ length: streams }, (_, index) =>
    Math.floor((count + streams - 1 - index) / streams),
  );
  const results = await Promise.all(
    counts.map((pairs, index) =>
      measureStream(pairs, (line) => print(`stream ${index + 1}, ${line}`)),
    ),
  );
  return results.flat();
}

async function measureStream(count: number, print: (line: string) => void): Promise<PairResult[]> {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(`${directory.path}/data`);
  const seconds = startSeconds + 2 * runSeconds * count + 5;
  const mode = ["--width", "640", "--height", "360", "--fps", "60", "--bitrate-kbps", "2000"];
  const player = startPlayer(host, ["--seconds", String(seconds), ...mode]);
  await player.exited;
  const history: unknown = await (await host.call("GET", "/api/v1/history")).json();
  const [session] = Value.Check(HistoryState, history) ? history.sessions : [];
  if (session === undefined) throw new Error("Nothing was played");
  const results: PairResult[] = [];
  for (let pair = 0; pair < count; pair++) {
    const at = (run: number) => (startSeconds + (2 * pair + run) * runSeconds) * 1000;
    const id = `history:${session.id}`;
    const ranges = `a_from=${at(0)}&a_to=${at(1)}&b_from=${at(1)}&b_to=${at(2)}`;
    const response = await host.call("GET", `/api/v1/stats/compare?a=${id}&b=${id}&${ranges}`);
    if (!response.ok) throw new Error(await response.text());
    const answer: unknown = await response.json();
    if (!Value.Check(Shape, answer)) throw new Error("The answer is not a comparison");
    // Its unions are those of the schema, which was checked.
    const found = answer as RunComparison;
    const isShown = ({ verdict }: RunComparison["metrics"][number]) =>
      verdict === "higher" || verdict === "lower";
    const shown = found.metrics.filter(isShown).map(({ metric, a, b }) => `${metric} ${a} ${b}`);
    results.push({ result: found.result, shown, blocks: [found.a.blocks, found.b.blocks] });
    print(
      `pair ${pair + 1}: ${found.result}, ${found.a.blocks} and ${found.b.blocks} blocks ${shown.join(", ")}`,
    );
  }
  return results;
}
