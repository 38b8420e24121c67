/** Frames that need more work than the machine has, and causes that cost too little for advice. */
import { expect, test } from "bun:test";
import { judgeRows, strained } from "./judging.ts";
import { missedRow } from "./made-rows.ts";

test("an encoder that takes more than all cores have is slow by itself, also beside other programs", () => {
  const judged = (cpu_process_cores: number) =>
    judgeRows(
      (row) => (row % 5 === 0 ? { encode_us: 70_000, cpu_wait_us: 500 } : missedRow),
      () =>
        strained({
          ...{ cpu_busy_share: 1, cpu_others_share: 1 - cpu_process_cores / 2, cpu_process_cores },
          ...{ cpu_encode_cores: 0.2, encode_run_delay_us: 900_000 },
        }),
    );
  // Twelve frames a second on two cores: 67 ms of work each, of 33 ms that there are.
  expect(judged(0.8).causes[0]).toMatchObject({ code: "encoder_slow" });
  expect(judged(0.3).causes[0]).toMatchObject({ code: "machine_busy" });
});

test("what cost a few percent of the lost time is named, and nothing is advised for it", () => {
  const verdict = judgeRows((row) => {
    if (row % 20 === 10) return { encode_us: 60_000, complete_us: 66_000 };
    return { complete_us: row % 400 === 7 ? 50_000 : 9000 };
  });
  const [encoder, jitter] = verdict.causes;
  expect(encoder).toMatchObject({ code: "encoder_slow", step: { code: "smaller_mode" } });
  expect(jitter).toMatchObject({ code: "link_jitter" });
  expect(jitter?.share).toBeLessThan(0.1);
  expect(jitter).not.toHaveProperty("step");
});

test("packets lost all along come before the one frame of a smooth stream that came late", () => {
  const verdict = judgeRows((row) => ({
    complete_us: row === 901 ? 60_000 : 9000,
    ...(row % 5 === 0 ? { lost_packets: 2, rebuilt: 2 } : {}),
  }));
  expect(verdict.quality).toBe("smooth");
  expect(verdict.causes.map(({ code }) => code)).toEqual(["link_loss", "link_jitter"]);
});
