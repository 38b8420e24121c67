import { expect, test } from "bun:test";
import { openSessionBus } from "../../../src/dbus/session-bus.ts";
import { mutterOutputs } from "../../../src/desktop/mutter.ts";
import { startMutter, startSession } from "../../support/session-bus.ts";
import { collect, openSmall } from "../../support/stream.ts";

const size = { width: 640, height: 360 };

test("a monitor of GNOME is listed, and streamed without asking anybody", async () => {
  await using session = await startSession();
  const mutter = await startMutter(session, size);
  {
    using bus = openSessionBus();
    expect(mutterOutputs(bus)).toEqual([{ name: "Meta-0", ...size }]);
  }
  await using stream = await openSmall({ source: "gnome:Meta-0" });
  const frames = await collect(stream, ({ length }) => length === 30);
  expect(frames.some(({ isRepeat }) => !isRepeat)).toBe(true);
  const ended = collect(stream, () => false).catch(String);
  await session.stop(mutter);
  expect(await ended).toContain("The screen is gone");
}, 60_000);

test("a monitor that GNOME does not have is refused with those that it has", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  const wrong = openSmall({ source: "gnome:DP-9" });
  await expect(wrong).rejects.toThrow('it has no output "DP-9", only Meta-0');
}, 60_000);

test("where GNOME does not run, that is said", async () => {
  await using _ = await startSession();
  await expect(openSmall({ source: "gnome:" })).rejects.toThrow('Cannot open "gnome:"');
});
