/** Verdicts of running sessions: what is said while rows come, and when it counts as a turn. */
import { expect, test } from "bun:test";
import { type BadVerdict, LiveVerdicts, type VerdictTurn } from "../../src/keep/live-verdicts.ts";
import type { CaptureSession } from "../../src/model/capture.ts";
import { type MadeRow, madeRows } from "../verdict/made-rows.ts";

const session: CaptureSession = {
  ...{ session_id: 1, kind: "native", width: 1280, height: 720, fps: 60 },
  ...{ codec: "h264", client: "player" },
};
const none = madeRows(0);
const rowsASecond = 60;

/** A session whose rows a test makes, a second at a time. */
function follow() {
  const turns: VerdictTurn[] = [];
  const bad: BadVerdict[] = [];
  let nowUs = 0;
  const live = new LiveVerdicts({
    nowUs: () => nowUs,
    presetAtStart: "slow",
    onTurn: (turn) => turns.push(turn),
    onBad: (verdict) => bad.push(verdict),
  });
  const play = (seconds: number, change: (row: number) => MadeRow = () => ({})) => {
    for (let second = 0; second < seconds; second++) {
      const first = Math.round((nowUs / 1e6) * rowsASecond);
      const rows = madeRows(rowsASecond, (row) => ({
        frame: first + row,
        due_us: Math.round(((first + row) * 1e6) / rowsASecond),
        ...change(first + row),
      }));
      nowUs += 1_000_000;
      live.onRows(session, none, rows);
    }
  };
  return { live, turns, bad, play };
}

const slow = (row: number): MadeRow => (row % 10 === 0 ? { encode_us: 45_000 } : {});

test("a session that has just begun has no verdict", () => {
  const { live, play } = follow();
  expect(live.verdicts()).toEqual([]);
  play(1);
  expect(live.verdict(1)).toBeUndefined();
});

test("a calm session is smooth, and nothing turns", () => {
  const { live, turns, play } = follow();
  play(30);
  expect(live.verdict(1)?.quality).toBe("smooth");
  expect(turns).toEqual([]);
});

test("a verdict that holds for two looks turns once", () => {
  const { turns, play } = follow();
  play(10);
  play(12, slow);
  expect(turns).toEqual([{ session_id: 1, quality: expect.any(String), cause: "encoder_slow" }]);
  expect(turns[0]?.quality).not.toBe("smooth");
});

test("a preset that is too slow is named, the one of the settings before that of the start", () => {
  const { live, play } = follow();
  play(10);
  play(12, slow);
  expect(live.verdict(1)?.causes[0]?.preset).toBe("slow");
  live.applySettings({ encoder_preset: "medium" });
  play(4, slow);
  expect(live.verdict(1)?.causes[0]?.preset).toBe("medium");
});

test("a verdict turns back when the last ten seconds were calm", () => {
  const { turns, play } = follow();
  play(10);
  play(6, slow);
  play(20);
  expect(turns.map(({ quality }) => quality).at(-1)).toBe("smooth");
  expect(turns).toHaveLength(2);
});

test("a verdict that changes with every look turns at most every ten seconds", () => {
  const { turns, play } = follow();
  for (let round = 0; round < 6; round++) {
    play(4, slow);
    play(12);
  }
  const seconds = 6 * 16;
  expect(turns.length).toBeLessThanOrEqual(seconds / 10);
});

test("a session that ended is forgotten", () => {
  const { live, play } = follow();
  play(10);
  live.onEnd(1);
  expect(live.verdicts()).toEqual([]);
});

test("a verdict that stays bad is reported once each time it turns, one that stutters is not", () => {
  const { bad, play } = follow();
  play(10);
  const seldom = (row: number): MadeRow => (row % 40 === 0 ? { encode_us: 45_000 } : {});
  play(20, seldom);
  expect(bad).toEqual([]);
  play(12, slow);
  expect(bad).toEqual([{ session_id: 1, share: expect.any(Number), limit: 0.05 }]);
  expect(bad[0]?.share).toBeGreaterThan(0.05);
  play(20);
  play(12, slow);
  expect(bad).toHaveLength(2);
});
