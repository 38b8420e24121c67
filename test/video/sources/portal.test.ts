import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { startPainter, startPortal, startSession } from "../../support/session-bus.ts";
import { collect, openSmall } from "../../support/stream.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const painter = { name: "screen", width: 320, height: 180 };

test("the portal is asked once: its token is kept for the owner alone, and used again", async () => {
  await using session = await startSession();
  await using data = await tempDirectory();
  startPainter(session, painter);
  const backend = await startPortal(session, { node: "screen", answer: "yes" });
  const path = join(data.path, "portal-token");
  for (let round = 0; round < 2; round++) {
    await using stream = await openSmall({ source: "portal:", dataDirectory: data.path });
    await collect(stream, ({ length }) => length === 20);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
  await session.stop(backend);
  expect((await backend.stdout.text()).split("\n")).toEqual(["ready", "first", "again", ""]);
}, 60_000);

test("a no at the desktop ends the stream with that reason", async () => {
  await using session = await startSession();
  await startPortal(session, { node: "screen", answer: "no" });
  await expect(openSmall({ source: "portal:" })).rejects.toThrow("denied on the desktop");
}, 60_000);

test("the end of the portal ends its stream with a reason", async () => {
  await using session = await startSession();
  const program = startPainter(session, painter);
  await startPortal(session, { node: "screen", answer: "yes" });
  await using stream = await openSmall({ source: "portal:" });
  await collect(stream, ({ length }) => length === 10);
  const ended = collect(stream, () => false).catch(String);
  await session.stop(program);
  expect(await ended).toContain("The screen is gone");
}, 60_000);
