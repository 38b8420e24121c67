/** The units of contrib/, by systemd's own check where it is there, and what the host needs of them. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { tempDirectory } from "../support/temp-directory.ts";

const contrib = join(import.meta.dir, "../../contrib");
const units = ["onglass.service", "onglass-user.service"];
const textOf = (unit: string) => Bun.file(join(contrib, unit)).text();

/** It asks for its manager's runtime folder; without one it says so and checks nothing. */
const canVerify =
  Bun.which("systemd-analyze") !== null &&
  Bun.spawnSync(["systemd-analyze", "verify", "/dev/null"], { stderr: "pipe" })
    .stderr.toString()
    .includes("Failed to initialize manager") === false;

test.skipIf(!canVerify).each([
  ["onglass.service", "--system"],
  ["onglass-user.service", "--user"],
])("systemd finds nothing to say about %s", async (unit, manager) => {
  await using directory = await tempDirectory();
  const path = join(directory.path, unit);
  const text = await textOf(unit);
  await Bun.write(path, text.replace(/^ExecStart=.*$/m, "ExecStart=/bin/true serve"));
  const run = Bun.spawnSync(["systemd-analyze", manager, "verify", path], {
    env: { ...process.env, XDG_RUNTIME_DIR: directory.path },
  });
  expect([run.exitCode, run.stderr.toString()]).toEqual([0, ""]);
});

test.each(units)(
  "%s waits for READY, watches, and restarts what failed but not what was called wrongly",
  async (unit) => {
    const text = await textOf(unit);
    for (const line of [
      ...["Type=notify", "NotifyAccess=main", "WatchdogSec=30", "Restart=on-failure"],
      ...["RestartPreventExitStatus=2", "NoNewPrivileges=yes", "KillSignal=SIGTERM"],
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    // The runtime compiles code while it runs.
    expect(text).not.toMatch(/^MemoryDenyWriteExecute=yes/m);
  },
);
