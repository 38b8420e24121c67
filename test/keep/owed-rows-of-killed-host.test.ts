/**
 * `kill -9` of a real host just after captures were stopped and kept, and while one records: all have their
 * rows and a verdict after the next start, and the archive waits for that. `ONGLASS_EXECUTABLE` names one
 * that is compiled.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { ArchiveStatus } from "../../src/model/archive.ts";
import type { CaptureMeta } from "../../src/model/capture.ts";
import type { FramesPage } from "../../src/model/frames-page.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const testMs = 120_000;

/** @param request method and path */
async function ask<T>(host: RunningHost, request: string, body?: unknown): Promise<T> {
  const [method = "", path = ""] = request.split(" ");
  const answer = await host.call(method, `/api/v1/${path}`, body);
  expect([request, answer.status]).toEqual([request, 200]);
  return (await answer.json()) as T;
}

/** Asks until it is so, or for as long as the test has. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(100);
}

async function framesOf(host: RunningHost, id: string) {
  const path = `stats/recordings/${id}/frames?columns=frame,due_us`;
  return (await ask<FramesPage>(host, `GET ${path}`)).columns;
}

test(
  "captures of a host that is killed right after have rows and verdict, here and in the archive",
  async () => {
    await using directory = await tempDirectory();
    const [data, archive] = [join(directory.path, "data"), join(directory.path, "archive")];
    const host = await startRunningHost(data);
    const live = async () => {
      const answer = await host.call("GET", "/api/v1/stats/capture/frames?columns=frame");
      return answer.status === 200 ? ((await answer.json()) as FramesPage).count : 0;
    };
    await ask(host, "POST stats/capture/start");
    const player = startPlayer(host, ["--width", "320", "--height", "180"]);
    await until(async () => (await live()) > 240);
    const armed = await ask<CaptureMeta>(host, "POST stats/capture/stop");
    await ask(host, "POST stats/capture/start");
    await until(async () => (await live()) > 60);
    const kept = await ask<CaptureMeta>(host, "POST stats/capture/keep", { last_s: 3 });
    await host.kill();
    await player.exited;

    await using again = await startRunningHost(data, { flags: ["--archive", archive] });
    const status = () => ask<ArchiveStatus>(again, "GET archive");
    await until(async () => (await status()).sent === 3);
    const sent = await ask<{ quality?: string; key: string }[]>(again, "GET archive/captures");
    expect(sent.map(({ quality }) => quality)).toEqual(sent.map(() => expect.any(String)));
    const captures = await ask<CaptureMeta[]>(again, "GET stats/recordings");
    const cut = captures.find(({ recovered }) => recovered);
    expect(captures.map(({ id }) => id).sort()).toEqual([armed.id, kept.id, cut?.id ?? ""].sort());
    for (const [{ id, duration_ms }, least] of [
      [armed, 240],
      [kept, 100],
      [cut ?? armed, 60],
    ] as const) {
      const { frame = [], due_us = [] } = await framesOf(again, id);
      expect(frame.length).toBeGreaterThanOrEqual(least);
      expect(frame).toEqual(frame.map((_, place) => Number(frame[0]) + place));
      expect(Number(due_us.at(-1))).toBeLessThanOrEqual(duration_ms * 1000);
      expect(await ask(again, `GET stats/recordings/${id}/verdict`)).toHaveProperty("quality");
    }
  },
  testMs,
);
