/** What lies in the data directory in place of a file: nothing of it keeps a host from its work. */
import { expect, test } from "bun:test";
import { mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { command } from "../support/programs.ts";
import { hostCommand, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** One of each kind that a host reads; a host without it would run as well. */
const spare = [
  "settings.json",
  "sign-ins.json",
  `clients/${"a".repeat(64)}.json`,
  "captures/2026-06-26T20-14-03Z_1280x720.json",
  "captures/damaged/old.json",
  "timelines/2026-06-26T20-14-03Z_1280x720.json",
  "timelines-by-hand/mine.json",
  "timelines-by-hand/journal/1-1-aaaaaaaaaaaa.jsonl",
  "journal/1-1-aaaaaaaaaaaa.jsonl",
  "frames/2026-06-26T20-14-03Z_1280x720.parquet",
  "notes/2026-06-26T20-14-03Z_1280x720.json",
  "notes/baseline",
  "experiments/2026-06-26T20-14-03Z.json",
  "history/000001.sessions",
  "history/000001-000000-1-1795828200276.hist",
] as const;

/** What makes a host this one: it does not run with another in its place. */
const needed = ["lock", "token", "key.pem", "cert.pem"] as const;

const forms = {
  pipe: (path: string) => command("mkfifo", path),
  directory: (path: string) => mkdir(path),
  "dangling link": (path: string) => symlink("/nowhere/at/all", path),
  "link in a circle": (path: string) => symlink(path, path),
};

async function put(data: string, name: string, form: keyof typeof forms): Promise<void> {
  const path = join(data, name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(path, { recursive: true, force: true });
  await forms[form](path);
}

for (const form of Object.keys(forms) as (keyof typeof forms)[]) {
  test(`a ${form} in place of each file that a host can do without keeps it from nothing`, async () => {
    await using directory = await tempDirectory();
    const data = join(directory.path, "data");
    await mkdir(data, { mode: 0o700 });
    // Settings that the system refuses to show are the operator's to put right: not ours to replace.
    const isRefused = form === "link in a circle";
    for (const name of spare) {
      if (!(isRefused && name === "settings.json")) await put(data, name, form);
    }
    await using host = await startRunningHost(data);
    const pages = ["/api/v1/stats/recordings", "/api/v1/history", "/api/v1/experiments", "/"];
    for (const page of pages) {
      expect([page, (await host.call("GET", page)).status]).toEqual([page, 200]);
    }
    const one = "/api/v1/stats/recordings/2026-06-26T20-14-03Z_1280x720";
    for (const part of ["", "/timeline", "/frames"]) {
      const { status } = await host.call("GET", one + part);
      expect(isRefused ? [404, 503] : [404]).toContain(status);
    }
    expect((await host.call("PATCH", "/api/v1/settings", { fps_cap: 30 })).status).toBe(200);
    expect((await host.call("POST", "/api/v1/stats/capture/start")).status).toBe(200);
    expect((await host.call("POST", "/api/v1/stats/capture/stop")).status).toBe(200);
    expect(await host.stop()).toBe(0);
  }, 60_000);
}

for (const name of needed) {
  test(`a pipe in place of "${name}" ends a host with 1, naming it`, async () => {
    await using directory = await tempDirectory();
    const data = join(directory.path, "data");
    await mkdir(data, { mode: 0o700 });
    await put(data, name, "pipe");
    const ports = ["--listen", "127.0.0.1:0", "--native-listen", "127.0.0.1:0"];
    const flags = ["--data-dir", data, "--gamestream-port", "0", ...ports];
    const child = Bun.spawn([...hostCommand(), "serve", ...flags], {
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 20_000,
    });
    const [code, said] = await Promise.all([child.exited, child.stderr.text()]);
    expect(code).toBe(1);
    expect(said).toContain(join(data, name));
    expect(said).toContain("it is not a file");
  }, 60_000);
}
