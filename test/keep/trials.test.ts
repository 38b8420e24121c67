/** A step that is tried is measured before and after, in the session that plays or the next one. */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import { TrialService } from "../../src/keep/trials.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { changeOfStep } from "../../src/model/trial.ts";
import type { VerdictQuery, VerdictReads } from "../../src/ports/verdicts.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { noVerdicts } from "../support/fake-history.ts";
import { session } from "../support/fake-host.ts";
import { madeRows } from "../verdict/made-rows.ts";

const fps = 60;
const stream = { session_id: 3, width: 1280, height: 720, fps, codec: "h264" };

/** A session whose every tenth frame is late until `badUntilMs`; `lengthMs` of it has been so far. */
function sessionWith(badUntilMs: number) {
  const state = { lengthMs: 60_000, asked: [] as VerdictQuery[] };
  const verdicts: VerdictReads = {
    ...noVerdicts,
    verdictOfSession: (_id, query) => {
      state.asked.push(query);
      const fromMs = query.from ?? Math.max(0, state.lengthMs - (query.last_s ?? 0) * 1000);
      const toMs = Math.min(query.to ?? state.lengthMs, state.lengthMs);
      const first = Math.ceil((fromMs * fps) / 1000);
      const last = Math.floor((toMs * fps) / 1000);
      const rows = madeRows(last, (row) =>
        row % 10 === 5 && row < (badUntilMs * fps) / 1000 ? { encode_us: 40_000 } : {},
      );
      const cut = Object.entries(rows.columns).map(([name, all]) => [name, all.subarray(first)]);
      const table = { count: Math.max(0, last - first), columns: Object.fromEntries(cut) };
      return Promise.resolve(verdictOf({ stream, rows: table, windows: [] }));
    },
  };
  return { state, verdicts };
}

test("a step is measured by the minute before and the time after it", async () => {
  const { state, verdicts } = sessionWith(60_000);
  const trials = new TrialService({
    verdicts,
    sessions: { sessions: () => [session] },
    wallMs: () => 0,
  });
  const start = await trials.look({ session: 3 });
  trials.begin(start, { change: { encoder_preset: "superfast" }, was: { encoder_preset: "" } });
  state.lengthMs = 66_000;
  expect((await trials.current())?.state).toBe("measuring");
  state.lengthMs = 80_000;
  const trial = await trials.current();
  expect(trial).toMatchObject({ state: "measured", after: { late: 0, quality: "smooth" } });
  expect(trial?.before?.late).toBeGreaterThan(300);
  expect(state.asked.at(-1)).toEqual({ from: 62_000, to: 122_000 });
});

test("without a session the effect is measured in the next one", async () => {
  const { verdicts } = sessionWith(0);
  const playing: (typeof session)[] = [];
  const sessions = { sessions: () => playing };
  const trials = new TrialService({ verdicts, sessions, wallMs: () => session.started_unix_ms });
  trials.begin(await trials.look({}), { change: { bitrate_kbps: 8000 }, was: { bitrate_kbps: 0 } });
  expect((await trials.current())?.state).toBe("waiting");
  playing.push(session);
  expect(await trials.current()).toMatchObject({ state: "measured", after: { session_id: 3 } });
});

test("a capture that nobody has time to judge now is not one without a verdict", async () => {
  const busy = () => Promise.reject(new Failure("too_busy", "Others are waiting"));
  const verdicts = { ...noVerdicts, verdictOfRecording: busy, verdictOfSession: busy };
  const playing: (typeof session)[] = [];
  const sessions = { sessions: () => playing };
  const trials = new TrialService({ verdicts, sessions, wallMs: () => session.started_unix_ms });
  await expect(trials.look({ recording: "a" })).rejects.toMatchObject({ code: "too_busy" });
  const start = await trials.look({});
  trials.begin(start, { change: { bitrate_kbps: 8000 }, was: { bitrate_kbps: 0 } });
  playing.push(session);
  // What comes after the change is judged when it is asked for again.
  expect((await trials.current())?.state).toBe("measuring");
});

test("a step becomes the settings that take it, and nothing where they hold already", () => {
  const loss = { code: "more_parity", values: { loss_percent: 7.5 } } as const;
  expect(changeOfStep(loss, settingsDefault)).toEqual({ parity_percent_min: 23 });
  expect(changeOfStep(loss, { ...settingsDefault, parity_percent_min: 23 })).toBeUndefined();
  const capped = { ...settingsDefault, parity_percent_max: 10 };
  expect(changeOfStep(loss, capped)).toEqual({ parity_percent_min: 23, parity_percent_max: 23 });
  const pacing = { code: "more_pacing", values: { pacing_share: 0.5 } } as const;
  expect(changeOfStep(pacing, settingsDefault)).toEqual({ pacing_share: 0.8 });
  const preset = { code: "faster_preset", values: { preset: "superfast" } } as const;
  expect(changeOfStep(preset, settingsDefault)).toEqual({ encoder_preset: "superfast" });
  const cores = { code: "free_the_cores", values: {} } as const;
  expect(changeOfStep(cores, settingsDefault)).toBeUndefined();
});
