import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Capture } from "../../src/model/capture.ts";
import type { Timeline } from "../../src/model/timeline.ts";
import { recorderIn } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { messages } from "../support/timeline-parts.ts";

const hostScript = new URL("../support/recording-host.ts", import.meta.url).pathname;
const rounds = Array.from({ length: 10 }, (_, round) => {
  return {
    round,
    lineCount: 1 + Math.floor(Math.random() * 60),
    delayUs: Math.floor(Math.random() * 3000),
  };
});

/** What the host had said when it was killed, `delayUs` after its `lineCount`-th line. */
async function runAndKill(
  directory: string,
  lineCount: number,
  delayUs: number,
): Promise<string[]> {
  const host = Bun.spawn([process.execPath, hostScript, directory], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const decoder = new TextDecoder();
  let said = "";
  let isKilled = false;
  for await (const chunk of host.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (isKilled || said.split("\n").length <= lineCount) continue;
    isKilled = true;
    await Bun.sleep(delayUs / 1000);
    host.kill("SIGKILL");
  }
  await host.exited;
  return said.split("\n").slice(0, -1);
}

/** The last sample count that was said of each capture, and whether it was said to be saved. */
function readWhatWasSaid(lines: readonly string[]) {
  const captures = new Map<string, { sampleCount: number; isSaved: boolean }>();
  for (const line of lines) {
    const [what, capture = "", count] = line.split(" ");
    captures.set(`capture ${capture}`, { sampleCount: Number(count), isSaved: what === "saved" });
  }
  return captures;
}

async function recoverAll(directory: string): Promise<Capture[]> {
  await using parts = recorderIn(directory);
  await parts.store.prepare();
  await parts.recorder.recover();
  const { captures, damaged } = await parts.store.list();
  expect(damaged).toEqual([]);
  const loaded: Capture[] = [];
  for (const { id } of captures) {
    const capture = await parts.store.load(id);
    if (capture !== undefined) loaded.push(capture);
  }
  expect(loaded).toHaveLength(captures.length);
  return loaded;
}

async function loadTimeline(directory: string, id: string): Promise<Timeline> {
  return await Bun.file(join(directory, "timelines", `${id}.json`)).json();
}

test.each(rounds)(
  "kill -9 damages no capture, doubles none and loses the last window at most (%o)",
  async ({ lineCount, delayUs }) => {
    await using directory = await tempDirectory();
    const said = readWhatWasSaid(await runAndKill(directory.path, lineCount, delayUs));
    expect(said.size).toBeGreaterThan(0);
    const captures = await recoverAll(directory.path);
    for (const [client, { sampleCount, isSaved }] of said) {
      const own = captures.filter(({ meta }) => meta.client === client);
      // Killed in its first window a capture has neither a sample nor, perhaps, its session's name.
      if (own.length === 0 && sampleCount === 1 && !isSaved) continue;
      expect(own).toHaveLength(1);
      const fps = own[0]?.samples.map((sample) => sample.fps) ?? [];
      expect(fps).toEqual(fps.map((_, index) => index + 1));
      expect(fps.length).toBeGreaterThanOrEqual(isSaved ? sampleCount : sampleCount - 1);
      const timeline = await loadTimeline(directory.path, own[0]?.meta.id ?? "");
      const noted = messages(timeline.events);
      expect(noted).toEqual(noted.map((_, index) => `event ${index + 1}`));
      // Both were written before the sample.
      expect(noted.length).toBeGreaterThanOrEqual(fps.length);
      expect(timeline.checkpoints.length).toBeGreaterThanOrEqual(fps.length);
      expect(timeline.recovered ?? false).toBe(own[0]?.meta.recovered ?? false);
    }
    // One more at most: armed, but killed before it could say so. One fewer never: who heard that
    // a capture began finds it.
    expect(captures.length - said.size).toBeOneOf([0, 1]);
  },
);
