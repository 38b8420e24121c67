import { expect, test } from "bun:test";
import { dirname } from "node:path";
import { startDesktop } from "../support/sway.ts";

test("the screens of a running desktop are listed as --source takes them", async () => {
  await using desktop = await startDesktop({ width: 640, height: 360 });
  const child = Bun.spawn([process.execPath, "src/main.ts", "sources", "--json"], {
    env: { ...process.env, XDG_RUNTIME_DIR: dirname(desktop.path) },
    stdout: "pipe",
  });
  const sources = JSON.parse(await child.stdout.text());
  expect(await child.exited).toBe(0);
  expect(sources).toContainEqual({
    source: "wayland:wayland-1/HEADLESS-1",
    width: 640,
    height: 360,
  });
  expect(sources.slice(-2)).toEqual([{ source: "session:" }, { source: "testsrc" }]);
});
