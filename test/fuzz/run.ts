/** Feeds one parser after the other, and looks whether anything stays behind. */

import { heapStats } from "bun:jsc";
import { setImmediate } from "node:timers/promises";
import { Random } from "../support/random.ts";
import type { Parser } from "./parsers.ts";

export type Fed = { readonly name: string; readonly count: number; readonly grownMb: number };

const shareOf = 1_000_000;
/** The runtime's own caches move by some; a leak of 40 bytes an input would show in a million. */
const grownMbMax = 24;
const turnCount = 500;

/**
 * @param count inputs in all parsers together, were their shares to add up to a million.
 * @throws Error with the input in hexadecimal when a parser does what it must not, or keeps memory.
 */
export async function feed(
  parser: Parser,
  { seed, count }: { seed: number; count: number },
): Promise<Fed> {
  const random = new Random(seed);
  const total = Math.max(1, Math.ceil((parser.share * count) / shareOf));
  let begunMb = 0;
  for (let index = 0; index < total; index++) {
    // What is made once and kept is there by then.
    if (index === Math.floor(total / 4)) begunMb = heapMb();
    const input = random.bend(parser.seeds);
    try {
      await parser.feed(input, random);
    } catch (cause) {
      const bytes = Buffer.from(input).toString("hex");
      throw new Error(`${parser.name}, input ${index} of seed ${seed}: ${bytes}`, { cause });
    }
    if (index % turnCount === 0) await setImmediate();
  }
  const grownMb = heapMb() - begunMb;
  if (grownMb > grownMbMax) throw new Error(`${parser.name} kept ${grownMb.toFixed(1)} MB`);
  return { name: parser.name, count: total, grownMb };
}

function heapMb(): number {
  Bun.gc(true);
  return heapStats().heapSize / 1e6;
}
