/** Whether the process was stopped, or its threads just late. */
import { expect, test } from "bun:test";
import { judgeRows, strained } from "./judging.ts";
import { missedRow } from "./made-rows.ts";

test("threads that stood still together, without waiting for a core, were stopped with the process", () => {
  const verdict = judgeRows(
    (row) => {
      if (row === 610) return { wait_us: 300_000 };
      return row > 610 && row < 628 ? missedRow : {};
    },
    () =>
      strained({
        ...{ cpu_busy_share: 1, cpu_others_share: 0.8, pressure_cpu_share: 0.9 },
        ...{ encode_run_delay_us: 9000, send_run_delay_us: 4000, cpu_encode_cores: 0.1 },
        ...{ main_pause_us: 270_000, send_pause_us: 240_000, encode_pause_us: 300_000 },
      }),
  );
  expect(verdict.causes).toMatchObject([{ code: "host_paused", share: 1 }]);
});

test("a main thread that looks rarely sees only a part of a stop, and the other threads all of it", () => {
  const held = (row: number) => {
    if (row === 610) return { wait_us: 311_000 };
    return row > 610 && row < 629 ? missedRow : {};
  };
  const machine = { encode_run_delay_us: 17_000, send_run_delay_us: 10_000, cpu_encode_cores: 0.1 };
  const pauses = { main_pause_us: 79_000, send_pause_us: 267_000, encode_pause_us: 311_000 };
  const verdict = judgeRows(held, () => strained({ ...machine, ...pauses }));
  expect(verdict.causes).toMatchObject([{ code: "host_paused", share: 1 }]);
});

test("threads that were late while others of the process used the cores were not stopped", () => {
  const verdict = judgeRows(
    (row) => (row % 300 === 10 ? { wait_us: 630_000 } : {}),
    () =>
      strained({
        ...{ cpu_busy_share: 0.98, cpu_others_share: 0.22, cpu_encode_cores: 0.9 },
        ...{ encode_run_delay_us: 350_000, send_run_delay_us: 4000 },
        ...{ main_pause_us: 630_000, send_pause_us: 549_000, encode_pause_us: 17_000 },
      }),
  );
  expect(verdict.causes.map(({ code }) => code)).not.toContain("host_paused");
});

test("a main thread that was late while the send thread ticked on is no stop of the process", () => {
  const waits = { cpu_encode_cores: 0.1, encode_run_delay_us: 4000, send_run_delay_us: 4000 };
  const machine = { ...waits, main_pause_us: 90_000, send_pause_us: 1000 };
  const late = (row: number) => (row % 300 === 10 ? { wait_us: 60_000 } : {});
  const verdict = judgeRows(late, () => strained(machine));
  expect(verdict.causes[0]?.code).toBe("own_pause");
});

test("a thread with priority that waited for a collector without a core was held up by the machine", () => {
  const held = (row: number) => (row % 20 === 10 ? { wait_us: 40_000 } : {});
  const machine = {
    ...{ cpu_busy_share: 1, cpu_others_share: 0.7, cpu_encode_cores: 0.2 },
    ...{ encode_run_delay_us: 9000, encode_pause_us: 39_000 },
  };
  const judged = (collector_run_delay_us: number) =>
    judgeRows(held, () => strained({ ...machine, collector_run_delay_us })).causes;
  expect(judged(60_000)).toMatchObject([{ code: "machine_busy", share: 1 }]);
  expect(judged(1000)).toMatchObject([{ code: "own_pause", share: 1 }]);
});

test("an encode thread that was held without a core working for it is not a slow encoder", () => {
  const held = (row: number) => (row % 360 === 250 ? { encode_us: 240_000 } : {});
  const judged = (cpu_process_cores: number) =>
    judgeRows(held, (t_ms) =>
      strained({
        ...{ cpu_busy_share: 0.2, cpu_others_share: 0.07, cpu_encode_cores: 0.09 },
        ...{ encode_run_delay_us: 9000, cpu_send_cores: 0.05, cpu_own_cores: 0.01 },
        cpu_process_cores: t_ms % 6000 === 0 ? cpu_process_cores : 0.36,
      }),
    ).causes;
  expect(judged(0.37)).toMatchObject([{ code: "own_pause", share: 1 }]);
  expect(judged(0.5)).toMatchObject([{ code: "encoder_slow", share: 1 }]);
});

test("an encoder outside the cores may be slow without any of their work", () => {
  const verdict = judgeRows(
    (row) => ({ encode_us: row % 300 === 250 ? 240_000 : 9000 }),
    () => strained({ encode_run_delay_us: 9000, cpu_encode_cores: 0.09, cpu_process_cores: 0.2 }),
  );
  expect(verdict.causes).toMatchObject([{ code: "encoder_slow", share: 1 }]);
});

test("a pause that is longer than all waits for a core was not the busy machine's", () => {
  const verdict = judgeRows(
    (row) => (row % 120 === 60 ? { wait_us: 230_000 } : {}),
    () =>
      strained({
        ...{ cpu_busy_share: 0.18, cpu_others_share: 0.07, cpu_encode_cores: 0.03 },
        ...{ encode_run_delay_us: 28_000, encode_pause_us: 230_000 },
      }),
  );
  expect(verdict.causes).toMatchObject([{ code: "own_pause", share: 1 }]);
});

const heldSender = (row: number) => (row % 300 === 10 ? { queue_us: 150_000 } : {});
const lateTogether = {
  ...{ encode_run_delay_us: 20_000, send_run_delay_us: 7000, cpu_encode_cores: 0.08 },
  ...{ main_pause_us: 264_000, send_pause_us: 151_000, encode_pause_us: 5000 },
};

test("main and send thread that were late while the encode thread worked on were not stopped, but without a core", () => {
  const machine = { ...lateTogether, cpu_busy_share: 0.98, cpu_others_share: 0.87 };
  const verdict = judgeRows(heldSender, () => strained(machine));
  expect(verdict.causes).toMatchObject([{ code: "machine_busy", share: 1 }]);
});

test("what a collection explains of a late main thread is a pause of our own, however busy the machine is", () => {
  const machine = { ...lateTogether, cpu_busy_share: 0.98, cpu_others_share: 0.87 };
  const verdict = judgeRows(heldSender, () => strained({ ...machine, main_collector_us: 250_000 }));
  expect(verdict.causes).toMatchObject([{ code: "own_pause", share: 1 }]);
});

test("on a busy machine a late main thread that had a core is a pause of our own", () => {
  const busy = { ...lateTogether, cpu_busy_share: 0.98, cpu_others_share: 0.87 };
  const judged = (main_run_delay_us: number) =>
    judgeRows(heldSender, () => strained({ ...busy, main_run_delay_us })).causes;
  expect(judged(6000)).toMatchObject([{ code: "own_pause", share: 1 }]);
  expect(judged(240_000)).toMatchObject([{ code: "machine_busy", share: 1 }]);
});

const senderWaits = { cpu_busy_share: 1, cpu_others_share: 0.8, cpu_encode_cores: 0.1 };

test("frames that wait together for a send thread without a core waited as long as it did", () => {
  const leaveAt = 720;
  const verdict = judgeRows(
    (row) => (row > 600 && row < leaveAt ? { queue_us: ((leaveAt - row) / 60) * 1e6 } : {}),
    (t_ms) => strained({ ...senderWaits, send_run_delay_us: t_ms === 12_000 ? 1_400_000 : 9000 }),
  );
  expect(verdict.causes).toMatchObject([{ code: "machine_busy", share: 1 }]);
});

test("a wait for a core that lasts for several windows is counted in all of them", () => {
  const leaveAt = 1080;
  const verdict = judgeRows(
    (row) => (row > 600 && row < leaveAt ? { queue_us: ((leaveAt - row) / 60) * 1e6 } : {}),
    (t_ms) =>
      strained({
        ...senderWaits,
        send_run_delay_us: t_ms > 10_000 && t_ms <= 18_000 ? 1_300_000 : 9000,
      }),
  );
  expect(verdict.causes).toMatchObject([{ code: "machine_busy", share: 1 }]);
});

test("a source that held up its capture for longer than threads waited is slow, however large the share of their waits", () => {
  const held = (row: number) => (row % 300 === 10 ? { capture_us: 500_000 } : {});
  const judged = (encode_run_delay_us: number) =>
    judgeRows(held, () => strained({ cpu_encode_cores: 0.01, encode_run_delay_us })).causes;
  expect(judged(37_000)).toMatchObject([{ code: "source_slow_capture", share: 1 }]);
  expect(judged(400_000)).toMatchObject([{ code: "machine_busy", share: 1 }]);
});

test("an encoder whose own threads waited for a core was held up by the machine, not by onglass", () => {
  const held = (row: number) =>
    row % 360 === 250 ? { encode_us: 240_000, cpu_wait_us: 1300 } : {};
  const judged = (encode_run_delay_us: number) =>
    judgeRows(held, () =>
      strained({
        ...{ cpu_busy_share: 0.2, cpu_others_share: 0.1, cpu_encode_cores: 0.1 },
        ...{ cpu_process_cores: 0.2, encode_run_delay_us },
      }),
    ).causes[0]?.code;
  expect(judged(170_000)).toBe("machine_busy");
  expect(judged(9000)).toBe("own_pause");
});
