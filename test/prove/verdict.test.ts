/**
 * The short form of `npm run prove -- verdict`: three faults and a calm run, on each path where it can
 * be, with a real host and a real player. No times are asserted: where the machine was busy with
 * something else, its own figures say so, and a verdict that says the same is right.
 */
import { expect, test } from "bun:test";
import { isRoot } from "../support/network-run.ts";
import { plan, runOne } from "./verdict/proof.ts";

const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
const testMs = 60_000;
const wanted = { strengths: ["strong"], count: 1, seed };
/** Of each path one that shows by itself, whatever else the machine does. */
const chosen = [
  ...plan({ ...wanted, faults: ["calm"], paths: ["native"], strengths: ["medium"] }),
  ...plan({ ...wanted, faults: ["host-stopped"], paths: ["gamestream"] }),
  ...plan({ ...wanted, faults: ["loss-random"], paths: ["native"] }),
  ...plan({ ...wanted, faults: ["program-frozen"], paths: ["browser"] }),
];

for (const planned of chosen) {
  const { fault, path } = planned;
  test.skipIf(!isRoot)(
    `the verdict of ${fault.name} over ${path} names what was done to the stream (${seed})`,
    async () => {
      const { outcome, why, verdict } = await runOne(planned, { isPreferred: false });
      const said = verdict.causes.map(({ code, share }) => `${code} ${share}`).join(", ");
      expect(`${outcome} ${why} ${outcome === "right" ? "" : said}`.trim()).toBe("right");
    },
    testMs,
  );
}
