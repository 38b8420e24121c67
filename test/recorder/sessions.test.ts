import { expect, test } from "bun:test";
import { nativeSession, recorderIn } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("a session that began before arming is in every capture it records in", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  const id = recorder.registerSession(nativeSession);
  for (let capture = 0; capture < 2; capture++) {
    await recorder.start();
    expect(recorder.registerSession({ ...nativeSession, session_id: id })).toBe(id);
    const meta = await recorder.stop();
    expect(meta?.sessions?.map((session) => session.session_id)).toEqual([id]);
  }
});

test("registering twice in one capture keeps one entry", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await recorder.start();
  const id = recorder.registerSession(nativeSession);
  recorder.registerSession({ ...nativeSession, session_id: id, client: "renamed" });
  expect(recorder.live()?.meta.sessions).toEqual([
    expect.objectContaining({ session_id: id, client: "a player" }),
  ]);
});

test("the first session names the capture, the second has an entry of its own", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await recorder.start();
  const first = recorder.registerSession(nativeSession);
  const second = recorder.registerSession({
    kind: "moq",
    width: 640,
    height: 360,
    fps: 30,
    codec: "av1",
    client: "2 viewers",
  });
  expect(second).toBe(first + 1);
  const meta = recorder.live()?.meta;
  expect(meta).toMatchObject({ kind: "native", width: 1920, client: "a player" });
  expect(meta?.sessions?.[1]).toEqual({
    session_id: second,
    kind: "moq",
    width: 640,
    height: 360,
    fps: 30,
    codec: "av1",
    client: "2 viewers",
  });
});

test("a client's label is cut to 128 characters", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await recorder.start();
  recorder.registerSession({ ...nativeSession, client: "x".repeat(128) });
  recorder.registerSession({ ...nativeSession, client: "x".repeat(129) });
  expect(recorder.live()?.meta.sessions?.map(({ client }) => client.length)).toEqual([128, 128]);
});
