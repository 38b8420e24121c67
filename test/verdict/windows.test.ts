/** The time that samples tell of, where they were taken late. */
import { expect, test } from "bun:test";
import type { StatsSample } from "../../src/model/capture.ts";
import { inTime } from "../../src/verdict/windows.ts";

const sample = (t_ms: number, window_us: number, encode_run_delay_us: number) => {
  const machine = { encode_run_delay_us };
  // The other fields say nothing here.
  return { t_ms, window_us, machine } as unknown as StatsSample;
};
const timesOf = (list: ReturnType<typeof inTime>) =>
  list.map(({ t_ms, machine }) => [t_ms, machine?.encode_run_delay_us]);

test("samples that a main thread without a core took late are of the windows before, and the machine's figures of all of them", () => {
  const taken = [
    sample(1000, 1e6, 10),
    sample(3900, 1e6, 2000),
    sample(3905, 1e6, 1),
    sample(4000, 1e6, 30),
  ];
  expect(timesOf(inTime(taken))).toEqual([
    [1000, 10],
    [2000, 2000],
    [3000, 2000],
    [4000, 30],
  ]);
});

test("lengths that are a little too long do not move an hour of samples", () => {
  const hour = Array.from({ length: 3600 }, (_, second) =>
    sample((second + 1) * 1000, 1_001_000, 5),
  );
  expect(inTime(hour)).toEqual(hour);
});
