/** Files of other tools: recognised by content, mapped where they mean the same, refused otherwise. */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import { english } from "../../src/i18n/english.ts";
import { importsEnglish, importsGerman } from "../../src/i18n/imports.ts";
import { readRun } from "../../src/import/read.ts";
import { recordingOf, slotCountMax } from "../../src/import/recording.ts";
import { frameCountMax } from "../../src/import/run.ts";
import { judgeSession, samplesOf } from "../../src/keep/judge-session.ts";
import { importRefusals } from "../../src/model/recording-import.ts";
import { Format } from "../../views/format.ts";
import { verdictPart } from "../../views/verdict.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

const refusalOf = (file: string) => {
  try {
    readRun(bytes(file));
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error("It was not refused");
};

const mangohud = (frametime: (index: number) => number, factor = 1) =>
  bytes(`os,cpu,gpu,ram,kernel,driver,cpuscheduler
Some Linux,Some CPU,Some GPU,16000000,6.1,,performance
fps,frametime,cpu_load,gpu_load,cpu_temp,gpu_core_clock,swap_used,elapsed
${lines(600, (index) => `${1000 / frametime(index)},${frametime(index) * factor},50,80,60,1500,0,${index}`)}
`);

test("MangoHud: intervals become frames, loads become figures of the machine", () => {
  const run = readRun(mangohud(() => 1000 / 60));
  expect(run).toMatchObject({ tool: "MangoHud", leftOut: ["swap_used"] });
  const { capture, rows } = recordingOf(run, { startedUnixMs: 0 });
  expect(capture.meta).toMatchObject({ fps: 60, client: "MangoHud" });
  expect(rows.count).toBe(600);
  expect(capture.samples[2]?.machine).toMatchObject({ cpu_busy_share: 0.5, gpu_busy_share: 0.8 });
  expect(capture.samples[2]?.unmeasured).toContain("mbps");
});

test("MangoHud: microseconds of old versions follow from the rate beside them", () => {
  const run = readRun(mangohud(() => 20, 1000));
  expect(recordingOf(run, { startedUnixMs: 0 }).capture.meta.fps).toBe(50);
});

test("MangoHud: a log with one line for each interval tells nothing of the frames between", () => {
  const log = (intervalMs: number) =>
    `fps,frametime,elapsed\n${lines(60, (index) => `200,5,${index * intervalMs * 1e6}`)}`;
  expect(refusalOf(log(100)).values.reason).toBe("sampled");
  expect(readRun(bytes(log(5))).frames).toHaveLength(60);
});

test("a long interval is slots without a frame, and the verdict counts them", () => {
  const run = readRun(mangohud((index) => (index % 60 === 30 ? 100 : 1000 / 60)));
  const { capture, rows } = recordingOf(run, { startedUnixMs: 0 });
  const verdict = judgeSession({ rows, preset: undefined, ...samplesOf(capture) }, undefined);
  expect(verdict.frames.absent).toBe(50);
  expect(verdict.quality).toBe("bad");
});

test("of a tool that says when frames came alone, nothing is said of what they took", () => {
  const run = readRun(mangohud(() => 1000 / 60));
  const { capture, rows } = recordingOf(run, { startedUnixMs: 0 });
  const verdict = judgeSession({ rows, preset: undefined, ...samplesOf(capture) }, undefined);
  expect(verdict).not.toHaveProperty("usual_ms");
  const reader = { language: "en", messages: english, format: new Format("en") } as const;
  const card = verdictPart(reader, { verdict, mode: capture.meta, moments: "" }).text;
  expect(card).toContain("new frames per second: 60 at the source");
  expect(card).not.toMatch(/a typical frame takes|left the host|60 sent/);
});

test("PresentMon 1.x: dropped frames and the time until shown", () => {
  const run = readRun(
    bytes(`Application,ProcessID,SwapChainAddress,Runtime,SyncInterval,PresentFlags,Dropped,TimeInSeconds,msInPresentAPI,msBetweenPresents,msUntilDisplayed
${lines(120, (index) => `game.exe,7,0x1,DXGI,1,0,${index % 30 === 9 ? 1 : 0},${5 + index / 60},0.3,16.667,${index % 30 === 9 ? 0 : 22.5}`)}
other.exe,8,0x2,DXGI,1,0,0,6,0.3,16.667,20`),
  );
  expect(run).toMatchObject({ tool: "PresentMon", program: "game.exe" });
  expect(run.leftOut).toContain("msInPresentAPI");
  const { rows } = recordingOf(run, { startedUnixMs: 0 });
  expect(rows.count).toBe(120);
  expect([...rows.columns.fate].filter((fate) => fate === 2)).toHaveLength(4);
  expect(rows.columns.shown_us[0]).toBe(22_500);
});

test("PresentMon 2.x: a frame that was never shown has NA", () => {
  const run = readRun(
    bytes(`Application,ProcessID,SwapChainAddress,PresentRuntime,SyncInterval,PresentFlags,AllowsTearing,PresentMode,CPUStartTime,FrameTime,CPUBusy,DisplayLatency,DisplayedTime
${lines(60, (index) => `game.exe,7,0x1,DXGI,0,0,1,Flip,${index * 10},10,4,${index === 5 ? "NA,NA" : "25,10"}`)}`),
  );
  const { capture, rows } = recordingOf(run, { startedUnixMs: 0 });
  expect(capture.meta.fps).toBe(100);
  expect(rows.columns.fate[5]).toBe(2);
  expect(rows.columns.shown_us[6]).toBe(25_000);
});

test("PresentMon 2.x with the columns of 1.x: NA until displayed is never shown", () => {
  const run = readRun(
    bytes(`Application,ProcessID,SwapChainAddress,PresentRuntime,SyncInterval,PresentFlags,AllowsTearing,PresentMode,TimeInMs,MsBetweenPresents,MsUntilDisplayed
${lines(60, (index) => `game.exe,7,0x1,DXGI,0,0,1,Flip,${index * 10},10,${index === 5 ? "NA" : "25"}`)}`),
  );
  const { rows } = recordingOf(run, { startedUnixMs: 0 });
  expect(rows.columns.fate[5]).toBe(2);
  expect(rows.columns.shown_us[6]).toBe(25_000);
});

test("a table below CapFrameX's comments is read", () => {
  const comments = lines(17, (index) => `//Key ${index}=Value`);
  const run = readRun(
    bytes(`${comments}
Application,ProcessID,SwapChainAddress,Runtime,Dropped,TimeInSeconds,MsBetweenPresents
${lines(60, (index) => `game.exe,7,0x1,DXGI,0,${index / 60},16.667`)}`),
  );
  expect(run).toMatchObject({ tool: "PresentMon", program: "game.exe" });
});

test("CapFrameX: the columns of its first run", () => {
  const column = (value: number | boolean) => Array.from({ length: 60 }, () => value);
  const TimeInSeconds = Array.from({ length: 60 }, (_, index) => index / 60);
  const CaptureData = {
    TimeInSeconds,
    MsBetweenPresents: column(16.7),
    Dropped: column(false),
    MsInPresentAPI: column(1),
  };
  const run = readRun(
    bytes(JSON.stringify({ Info: { ProcessName: "game.exe" }, Runs: [{ CaptureData }] })),
  );
  expect(run).toMatchObject({
    tool: "CapFrameX",
    program: "game.exe",
    leftOut: ["MsInPresentAPI"],
  });
  expect(recordingOf(run, { startedUnixMs: 0 }).rows.count).toBe(60);
});

test("WiVRn: events of a frame become its stages, the slowest stream counts", () => {
  const event = (name: string, frame: number, ms: number) =>
    `"${name}",${frame},${1e9 + Math.round((frame * 1000) / 90 + ms) * 1e6},0`;
  const text = lines(90, (frame) =>
    [
      event("wake_up", frame, 0),
      event("encode_begin", frame, 3),
      event("encode_end", frame, 7),
      event("encode_end", frame, 8),
      event("receive_end", frame, 14),
      event("display", frame, 40),
      event("blit", frame, 30),
    ].join("\n"),
  );
  const run = readRun(bytes(text));
  expect(run).toMatchObject({ tool: "WiVRn", leftOut: ["blit"] });
  const { capture, rows } = recordingOf(run, { startedUnixMs: 0 });
  expect(capture.meta.fps).toBe(90);
  expect(rows.columns.encode_us[10]).toBeWithin(4000, 6001);
  expect(rows.columns.shown_us[10]).toBeWithin(39_000, 41_001);
});

test("what nobody knows is refused with the formats that are read", () => {
  for (const file of [
    "",
    "a,b,c\n1,2,3",
    "{}",
    "\u0000\u0001",
    '{"Runs": [1]}',
    "fps,frametime\n60,16.7",
  ]) {
    expect(() => readRun(bytes(file))).toThrow(/Cannot import the file/);
  }
  expect(() => readRun(Uint8Array.of(0xff, 0xfe, 0x41))).toThrow("not UTF-8 text");
  expect(() => readRun(bytes(`{"a":${"[".repeat(100)}`))).toThrow("nested too deep");
});

test("nonsense in a known file is left out, never invented", () => {
  const text = `fps,frametime,elapsed\n${lines(40, (index) => (index % 4 === 0 ? "NaN,-1,x" : "60,16.667,1"))}`;
  expect(readRun(bytes(text)).frames).toHaveLength(30);
});

test("gaps of another program are its own, and no pause of this host", () => {
  const run = readRun(mangohud((index) => (index % 60 === 30 ? 100 : 1000 / 60)));
  const { capture, rows } = recordingOf(run, { startedUnixMs: 0 });
  expect(capture.meta.origin).toBe("imported");
  const verdict = judgeSession({ rows, preset: undefined, ...samplesOf(capture) }, undefined);
  expect(verdict.causes).toMatchObject([{ code: "source_still", share: 1 }]);
  expect(verdict.cannot_tell).toEqual([]);
});

test("a refusal carries its reason as a code, and is said in both languages", () => {
  const failure = refusalOf(`fps,frametime,elapsed\n${lines(4, () => "60,16.667,1")}`);
  expect(failure.values).toEqual({ reason: "too_few", tool: "MangoHud", frames: 4 });
  for (const file of ["", "a,b", `{"a":${"[".repeat(100)}`]) {
    const known = importRefusals.find((one) => one === refusalOf(file).values.reason) ?? "too_few";
    expect(importsGerman.refusals[known]("", "")).not.toBe(importsEnglish.refusals[known]("", ""));
  }
});

const presentmon = (program: string, seconds: (index: number) => number) =>
  bytes(`Application,ProcessID,SwapChainAddress,Runtime,SyncInterval,PresentFlags,Dropped,TimeInSeconds,msInPresentAPI,msBetweenPresents,msUntilDisplayed
${lines(120, (index) => `${program},7,0x1,DXGI,1,0,0,${seconds(index)},0.3,16.667,22.5`)}`);

test("frames whose time goes back, or lies years ahead, are left out", () => {
  const run = readRun(
    presentmon("game.exe", (index) => {
      if (index === 50) return 1e12;
      return index === 60 ? 0.5 : 5 + index / 60;
    }),
  );
  const { capture, rows } = recordingOf(run, { startedUnixMs: 0 });
  expect(run.frames).toHaveLength(118);
  expect(rows.count).toBe(120);
  expect(capture.meta.duration_ms).toBeLessThanOrEqual(2001);
});

test("a frame further from the one before than a recording pauses is left out", () => {
  const hourMs = 3_600_000;
  const framesWith = (seconds: number) =>
    readRun(presentmon("game.exe", (index) => (index === 119 ? seconds : index / 60))).frames;
  const lastMs = (118 * 1000) / 60;
  expect(framesWith((lastMs + hourMs - 1) / 1000)).toHaveLength(120);
  expect(framesWith((lastMs + hourMs + 1) / 1000)).toHaveLength(119);
  const frames = framesWith(500_000);
  expect(frames).toHaveLength(119);
  expect(frames.at(-1)?.atMs).toBeCloseTo(lastMs, 3);
});

test("where the first frame has the wrong time, the others are read, and their time begins at 0", () => {
  const run = readRun(presentmon("game.exe", (index) => (index === 0 ? 5 : 500_000 + index / 60)));
  const { capture } = recordingOf(run, { startedUnixMs: 0 });
  expect(run.frames).toHaveLength(119);
  expect(run.frames[0]?.atMs).toBe(0);
  expect(capture.meta.duration_ms).toBeLessThanOrEqual(2001);
});

test("what the machine did beside frames that are left out is left out too", () => {
  const text = lines(10_400, () => `${1000 / 59_000},59000,50`);
  const run = readRun(bytes(`fps,frametime,cpu_load\n${text}\n`));
  expect(run.frames.length).toBeLessThan(10_400);
  expect(run.machine.length).toBe(run.frames.length);
});

test("a run whose time goes back all along is refused", () => {
  expect(() => readRun(presentmon("game.exe", (index) => 600 - index))).toThrow("1 frames");
});

test("the name of a program cannot move the cursor or turn the order of what is read", () => {
  const run = readRun(presentmon("a\u202e\u001b[31m", (index) => index / 60));
  expect(run.program).toBe("a\\u202e\\u001b[31m");
});

test("gaps between all frames cannot make more slots than a file has room for", () => {
  const run = readRun(mangohud(() => 1));
  const frames = Array.from({ length: 8000 }, (_, index) => ({
    atMs: index % 2 === 0 ? index * 250 : (index - 1) * 250 + 1,
  }));
  const { capture, rows } = recordingOf({ ...run, frames }, { startedUnixMs: 0 });
  expect(capture.meta.fps).toBe(1000);
  expect(rows.count).toBeLessThanOrEqual(slotCountMax);
  expect(capture.meta.rows_until_ms).toBeGreaterThan(0);
});

test("of a file with more frames than are read the rest is left out, and the capture says where", () => {
  const head = "os\nx\nfps,frametime\n";
  const run = readRun(bytes(`${head}${"1000,1\n".repeat(frameCountMax + 1)}`));
  expect(run).toMatchObject({ isCut: true });
  expect(run.frames).toHaveLength(frameCountMax);
  const { capture } = recordingOf(run, { startedUnixMs: 0 });
  expect(capture.meta.rows_until_ms).toBe(frameCountMax + 1);
  const whole = readRun(bytes(`${head}${"1000,1\n".repeat(1000)}`));
  expect(recordingOf(whole, { startedUnixMs: 0 }).capture.meta.rows_until_ms).toBeUndefined();
});

test("columns may have any name: those of an object's own are left out, long and many ones are cut", () => {
  const odd = "constructor,__proto__,toString";
  const rows = lines(20, (index) => `game.exe,7,0x1,${index / 60},16.667,1,2,3`);
  const head = "Application,ProcessID,SwapChainAddress,TimeInSeconds,MsBetweenPresents";
  const run = readRun(bytes(`${head},${odd}\n${rows}`));
  expect(run.leftOut).toEqual(odd.split(","));
  expect(structuredClone(run.used)).toEqual(run.used);
  const events = lines(20, (index) => `"wake_up",${index},${index * 16_667_000},0`);
  const wivrn = readRun(bytes(`${events}\n"constructor",1,5,0\n`));
  expect(structuredClone(wivrn)).toMatchObject({ leftOut: ["constructor"] });
  const made = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`column ${at}`, []]));
  const dropped = { Dropped: Array(20).fill(0) };
  const intervals = { MsBetweenPresents: Array(20).fill(16.7) };
  const columns = { ...intervals, ["n".repeat(5000)]: [], ...made, ...dropped };
  const { leftOut, used } = readRun(bytes(JSON.stringify({ Runs: [{ CaptureData: columns }] })));
  expect(leftOut).toHaveLength(201);
  expect(leftOut.at(-1)).toBe("…");
  expect(Object.keys(used)).toEqual(["MsBetweenPresents", "Dropped"]);
  expect(leftOut[0]).toBe(`${"n".repeat(100)}…`);
});

test("a value that is no value is not measured", () => {
  const columns = { MsBetweenPresents: [...Array(12).fill(16.7), { toString: 1 }, null, [3]] };
  const run = readRun(bytes(JSON.stringify({ Runs: [{ CaptureData: columns }] })));
  expect(run.frames).toHaveLength(12);
});
