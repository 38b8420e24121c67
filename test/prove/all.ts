/**
 * `npm run prove`: what takes too long for every change. `npm run prove -- NAME...` runs some;
 * `--rounds N` and `--minutes N` set their length, `--seed N` repeats the moments of the kills. Of the
 * verdict's faults `--fault NAME`, `--path NAME` and `--strength NAME` (repeatable) choose some, and
 * `--count N` makes each so often; `--keep DIR` keeps them, `--again DIR` judges kept ones again, `--write`
 * writes the tables of the documents, `--prefer` goes before all other programs. Ends with 1 at the first thing that does not hold.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../support/random.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { measurePairs } from "./compare.ts";
import { proveFleet } from "./fleet/proof.ts";
import { proveGamestream, proveGamestreamLoss } from "./gamestream.ts";
import { proveHistory } from "./history/proof.ts";
import { killRounds } from "./kills.ts";
import { faultsOf, type LossResult, lossPercents, measureLoss } from "./loss.ts";
import { proveMachine } from "./machine/proof.ts";
import { proveCaptures, proveStream } from "./memory.ts";
import { measureTimeline, timelineFaultsOf } from "./timeline.ts";
import { proveVerdict } from "./verdict/proof.ts";

type Lengths = {
  readonly rounds: number;
  readonly minutes: number;
  readonly seed: number;
  /** Of the verdict: how often each fault is made, and which; none: all. */
  readonly count: number;
  readonly faults: readonly string[];
  readonly paths: readonly string[];
  readonly strengths: readonly string[];
  readonly keep: string | undefined;
  readonly again: string | undefined;
  readonly isPreferred: boolean;
  readonly isWritten: boolean;
};
/** Gives what was found, or throws what does not hold. */
type Proof = (lengths: Lengths) => Promise<string>;

/** One line a proof: runs with loss made by the kernel join here. */
const proofs: Readonly<Record<string, Proof>> = {
  kills: proveKills,
  captures: () => proveCaptures(8),
  stream: ({ minutes }) => proveStream(minutes * 60),
  loss: proveLoss,
  timeline: proveTimeline,
  compare: ({ rounds }) => proveCompare(Math.min(rounds, 20)),
  verdict: (wanted) => proveVerdict(wanted, (line) => console.log(line)),
  "gamestream-loss": proveGamestreamLoss,
  gamestream: ({ minutes }) => provePlayer(minutes * 60),
  history: (wanted) => proveHistory(wanted, (line) => console.log(line)),
  machine: () => proveMachine((line) => console.log(line)),
  fleet: () => proveFleet((line) => console.log(line)),
};

/** A minute each, with the kernel's own count as the truth. */
async function proveLoss(): Promise<string> {
  const results: LossResult[] = [];
  for (const percent of lossPercents) results.push(await measureLoss(percent));
  const faults = results.flatMap(faultsOf);
  if (faults.length > 0) throw new Error(faults.join("; "));
  return results
    .map(({ percent, lostCount, fecRecovered, framesLost }) => {
      return `${percent} %: ${lostCount} lost, ${fecRecovered} rebuilt, ${framesLost} frames lost`;
    })
    .join("; ");
}

/** A minute in which a bitrate and a preset are changed, packets are lost and a moment is marked. */
async function proveTimeline(): Promise<string> {
  const result = await measureTimeline();
  const faults = timelineFaultsOf(result);
  if (faults.length > 0) throw new Error(faults.join("; "));
  return JSON.stringify(result);
}

/** Two pages of twenty may show a difference: 8 % on average. */
async function proveCompare(count: number): Promise<string> {
  const pairs = await measurePairs(count, (line) => console.log(line));
  const compared = pairs.filter(({ result }) => /difference$/.test(result));
  const shown = compared.filter(({ result }) => result === "difference").length;
  const said = `${shown} of ${compared.length} pairs of equal runs show a difference`;
  const lost = count - compared.length;
  if (compared.length === 0) throw new Error("No pair could be compared: the player did not stay");
  if (shown > Math.max(2, 0.15 * compared.length)) throw new Error(said);
  return lost === 0 ? said : `${said}; ${lost} could not be compared`;
}

async function provePlayer(seconds: number): Promise<string> {
  const proof = await proveGamestream(seconds);
  const said = JSON.stringify(proof);
  if (proof.missed_slots > 0 || proof.lost_frames > 0) throw new Error(`Not smooth: ${said}`);
  return said;
}

async function proveKills({ rounds, seed }: Lengths): Promise<string> {
  await using directory = await tempDirectory();
  const random = new Random(seed);
  const killed = await killRounds(join(directory.path, "data"), { rounds, random });
  return `${killed.rounds} times kill -9: ${killed.captures} captures with ${killed.samples} samples, all whole`;
}

const { values, positionals } = parseArgs({
  options: {
    seed: { type: "string", default: `${crypto.getRandomValues(new Uint32Array(1))[0] ?? 1}` },
    rounds: { type: "string", default: "50" },
    minutes: { type: "string", default: "20" },
    count: { type: "string", default: "1" },
    keep: { type: "string" },
    fault: { type: "string", multiple: true, default: [] },
    path: { type: "string", multiple: true, default: [] },
    strength: { type: "string", multiple: true, default: [] },
    again: { type: "string" },
    prefer: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !Object.hasOwn(proofs, name));
if (unknown.length > 0) {
  console.error(`There are ${Object.keys(proofs).join(", ")}`);
  process.exit(2);
}
const lengths = {
  seed: Number(values.seed),
  rounds: Number(values.rounds),
  minutes: Number(values.minutes),
  count: Number(values.count),
  faults: values.fault,
  paths: values.path,
  strengths: values.strength,
  keep: values.keep,
  again: values.again,
  isPreferred: values.prefer,
  isWritten: values.write,
};
console.log(`seed ${lengths.seed}`);
for (const [name, prove] of Object.entries(proofs)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`${name}: ${await prove(lengths)}`);
}
