/**
 * The short form of `npm run prove -- verdict`: three faults and a calm run, on each path where it can
 * be, with a real host and a real player. No times are asserted. Where the encode thread waited for its
 * core the machine was busy with something else: there it is enough that one of the two is named.
 */
import { expect, test } from "bun:test";
import { isRoot } from "../support/network-run.ts";
import { waitedShareMin } from "./verdict/outcome.ts";
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

const isIn = (codes: readonly string[], code: string) => codes.includes(code);

for (const planned of chosen) {
  const { fault, path } = planned;
  test.skipIf(!isRoot)(
    `the verdict of ${fault.name} over ${path} names what was done to the stream (${seed})`,
    async () => {
      const run = await runOne(planned);
      const codes = run.verdict.causes.map(({ code }) => code);
      const wasBusy = Math.max(run.before.waited, run.during.waited) >= waitedShareMin;
      if (!wasBusy) expect(`${run.outcome} ${run.why} ${codes}`).toStartWith("right");
      else if (run.verdict.quality !== "smooth")
        expect([...fault.right, "machine_busy"].some((code) => isIn(codes, code))).toBe(true);
    },
    testMs,
  );
}
