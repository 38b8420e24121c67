/** Experiments: balanced order, what ends them, and that the setting is always what it was. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type ExperimentOptions, ExperimentService } from "../../src/experiment/experiments.ts";
import { ManifestFiles } from "../../src/experiment/manifests.ts";
import { balancedOrder, orderText } from "../../src/experiment/schedule.ts";
import { type Experiment, type ExperimentRequest, isUnderWay } from "../../src/model/experiment.ts";
import type { SettingsChange } from "../../src/model/settings.ts";
import { fakeSettings } from "../support/fake-settings.ts";
import { playingSession, sessionOf } from "../support/made-capture.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { syntheticRun } from "../support/synthetic-run.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

const request: ExperimentRequest = {
  ...{ setting: "encoder_preset", values: ["ultrafast", "fast"] },
  ...{ seconds: 60, block_seconds: 10 },
};

type Bench = Awaited<ReturnType<typeof benchIn>>;
type Disturb = (bench: Bench) => void | Promise<void>;

async function benchIn(path: string, given: Partial<ExperimentOptions> = {}) {
  const scheduler = new ManualScheduler();
  const settings = fakeSettings([]);
  let playing = [playingSession({})];
  const manifests = new ManifestFiles(path);
  let saved: Experiment | undefined;
  const files: ExperimentOptions["files"] = {
    prepare: () => manifests.prepare(),
    save: async (experiment) => {
      await manifests.save(experiment);
      saved = experiment;
    },
    load: (id) => manifests.load(id),
    list: () => manifests.list(),
    remove: (id) => manifests.remove(id),
  };
  const isOver = () => saved !== undefined && !isUnderWay(saved);
  const options: ExperimentOptions = {
    ...{ clock: scheduler.clock, scheduler, settings, files },
    sessions: { sessions: () => playing },
    isHistoryOn: () => true,
    read: async () => ({
      rows: syntheticRun({ seed: 1, seconds: 120 }),
      samples: [],
      session: sessionOf({}),
    }),
    keep: async () => "kept",
    ...given,
  };
  const service = new ExperimentService(options);
  await service.recover();
  const sent: unknown[] = [];
  const send = async ({ body }: { body?: unknown }) => {
    sent.push(body);
    // What the service sends is a change of settings.
    await settings.change(body as SettingsChange, "token");
    return { status: 200, text: "{}", contentType: "application/json" };
  };
  return {
    ...{ service, settings, scheduler, sent, options, files },
    begin: (change: Partial<ExperimentRequest> = {}) =>
      service.start({ ...request, ...change }, send),
    play: (sessions: typeof playing) => {
      playing = sessions;
    },
    /** Moves on in small steps, so that what waits for the disk comes along. */
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 250) {
        const isReady = () => scheduler.waitingCount > 0 || isOver();
        await until(isReady, { what: "the experiment waits" });
        scheduler.advanceMs(250);
      }
    },
    over: () => until(isOver, { what: "the experiment is over" }),
  };
}

test("values take turns so that each has as many early runs as late ones", () => {
  expect(orderText(balancedOrder(2, 6), 2)).toBe("ABBA BAAB ABBA");
  expect(orderText(balancedOrder(3, 4), 3)).toBe("ABCCBA BCAACB");
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 20 }), (n, rounds) => {
      const order = balancedOrder(n, rounds);
      for (let place = 0; place < n; place++) {
        expect(order.filter((one) => one === place)).toHaveLength(rounds);
      }
    }),
  );
});

test("every value is set in its turn, the setting restored, the frames compared", async () => {
  await using directory = await tempDirectory();
  const bench = await benchIn(directory.path);
  const begun = await bench.begin();
  expect(begun).toMatchObject({ state: "armed", order: "ABBA BAAB ABBA", was: "" });
  await bench.pass(123_500);
  await bench.over();
  const ended = await bench.service.get(begun.id);
  expect(ended).toMatchObject({ restored: true, capture_id: "kept" });
  expect(ended?.runs.map(({ value }) => value)).toEqual([0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0]);
  expect(ended?.comparisons?.[0]).toMatchObject({ a: { blocks: 6 }, b: { blocks: 6 } });
  expect(bench.settings.current().encoder_preset).toBe("");
});

const disturbances: readonly (readonly [string, Disturb])[] = [
  [
    "settings_changed",
    async ({ settings }) => {
      await settings.change({ fps_cap: 30 }, "somebody");
    },
  ],
  ["session_ended", ({ play }) => play([])],
  ["session_started", ({ play }) => play([playingSession({}), playingSession({ session_id: 99 })])],
];

test.each(disturbances)(
  "it is aborted with %s, and the setting restored",
  async (code, disturb) => {
    await using directory = await tempDirectory();
    const bench = await benchIn(directory.path);
    const { id } = await bench.begin();
    await bench.pass(12_000);
    await disturb(bench);
    await bench.pass(500);
    await bench.over();
    expect(await bench.service.get(id)).toMatchObject({ abort_code: code, restored: true });
    expect(bench.settings.current().encoder_preset).toBe("");
  },
);

test("a value of another person stays", async () => {
  await using directory = await tempDirectory();
  const bench = await benchIn(directory.path);
  await bench.begin();
  await bench.pass(2000);
  await bench.settings.change({ encoder_preset: "slow" }, "somebody");
  await bench.pass(500);
  await bench.over();
  expect(bench.settings.current().encoder_preset).toBe("slow");
});

test("aborting restores the setting before it is answered", async () => {
  await using directory = await tempDirectory();
  const bench = await benchIn(directory.path);
  const { id } = await bench.begin();
  await bench.pass(2000);
  expect(bench.settings.current().encoder_preset).toBe("ultrafast");
  expect(await bench.service.remove(id)).toBe(true);
  expect(bench.settings.current().encoder_preset).toBe("");
  expect(await bench.service.get(id)).toMatchObject({ state: "aborted", abort_code: "asked" });
  expect(await bench.service.remove(id)).toBe(true);
  expect(await bench.service.get(id)).toBeUndefined();
});

test("a host that stops restores the setting", async () => {
  await using directory = await tempDirectory();
  const bench = await benchIn(directory.path);
  const { id } = await bench.begin();
  await bench.pass(2000);
  await bench.service[Symbol.asyncDispose]();
  expect(bench.settings.current().encoder_preset).toBe("");
  expect((await bench.files.load(id))?.abort_code).toBe("host_stopped");
});

test("what a killed host left is restored at the next start", async () => {
  await using directory = await tempDirectory();
  const bench = await benchIn(directory.path);
  const { id } = await bench.begin();
  await bench.pass(2000);
  const next = new ExperimentService(bench.options);
  await next.recover();
  expect(bench.settings.current().encoder_preset).toBe("");
  const found = await next.get(id);
  expect(found).toMatchObject({ state: "aborted", abort_code: "host_ended", restored: true });
  await bench.service[Symbol.asyncDispose]();
});

test("runs in which other programs used the machine are left out and named", async () => {
  await using directory = await tempDirectory();
  const busy = (t_ms: number) => (t_ms > 20_000 && t_ms <= 30_000 ? 0.8 : 0.1);
  const samples = Array.from({ length: 120 }, (_, n) => {
    const t_ms = (n + 1) * 1000;
    return sampleOf({ t_ms, window_us: 1e6, machine: { cpu_others_share: busy(t_ms) } });
  });
  const rows = syntheticRun({ seed: 1, seconds: 120 });
  const bench = await benchIn(directory.path, {
    read: async () => ({ rows, samples, session: sessionOf({}) }),
  });
  const { id } = await bench.begin();
  await bench.pass(123_500);
  await bench.over();
  const leftOut = (await bench.service.get(id))?.runs.map(({ left_out }) => left_out);
  expect(leftOut?.filter((code) => code === "machine_busy")).toHaveLength(1);
  expect(leftOut?.[2]).toBe("machine_busy");
});

test("nothing is begun that could not be carried out", async () => {
  await using directory = await tempDirectory();
  const bench = await benchIn(directory.path);
  const refused = (change: Partial<ExperimentRequest>, code: string) =>
    expect(bench.begin(change)).rejects.toMatchObject({ code });
  await refused({ values: ["fast", "fast"] }, "out_of_range");
  await refused({ values: ["fast", "quickest"] }, "out_of_range");
  await refused({ values: [1, 2] }, "out_of_range");
  await refused({ session: 12_345 }, "nobody_plays");
  bench.play([]);
  await refused({}, "nobody_plays");
  bench.play([playingSession({})]);
  await bench.begin();
  await refused({}, "experiment_running");
  await bench.service[Symbol.asyncDispose]();
  const off = await benchIn(directory.path, { isHistoryOn: () => false });
  await expect(off.begin()).rejects.toMatchObject({ code: "history_off" });
});
