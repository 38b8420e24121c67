/** The executable by itself: no checkout, no node_modules, no bun or node in reach, an empty home. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import {
  type Alone,
  executableAlone,
  type Host,
  quietServe,
  startHost,
} from "../support/executable.ts";
import { command, countFrames } from "../support/programs.ts";

let alone: Alone;
let host: Host;
let token: string;

beforeAll(async () => {
  alone = await executableAlone();
  // What lies in the folder it is started in is none of its business.
  await Bun.write(join(alone.folder, ".env"), "ONGLASS_PERF=neither\n");
  await Bun.write(join(alone.folder, "bunfig.toml"), 'preload = ["./missing.ts"]\n');
  host = await startHost(alone);
  token = (await Bun.file(join(alone.dataDirectory, "token")).text()).trim();
}, 30_000);

afterAll(() => alone[Symbol.asyncDispose]());

test("it says its version", async () => {
  const { code, stdout } = await alone.run(["version"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest.version}\n` });
});

for (const words of [
  [],
  ["serve"],
  ["play"],
  ["captures"],
  ["encoders"],
  ["openapi"],
  ["version"],
]) {
  test(`${["onglass", ...words, "--help"].join(" ")} explains itself`, async () => {
    const { code, stdout } = await alone.run([...words, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(["onglass", ...words].join(" "));
  });
}

test("a command that does not exist is called wrongly", async () => {
  const { code, stdout, stderr } = await alone.run(["dance"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain('"dance"');
});

test("it prints the OpenAPI document that is checked in", async () => {
  const { code, stdout } = await alone.run(["openapi"]);
  expect(code).toBe(0);
  const checkedIn: unknown = await Bun.file(join(import.meta.dir, "../../openapi.json")).json();
  expect(JSON.parse(stdout)).toEqual(checkedIn);
});

test("the API lets in who holds the token of the token file", async () => {
  expect((await fetch(`${host.consoleUrl}/healthz`)).status).toBe(200);
  expect((await fetch(`${host.consoleUrl}/api/v1/status`)).status).toBe(401);
  expect((await call("GET", "/api/v1/status")).status).toBe(200);
});

test("the host opens the software encoders inside it", async () => {
  const status: unknown = await (await call("GET", "/api/v1/status")).json();
  const encoder = { codec: "h264", encoder: "libx264", available: true };
  expect(status).toMatchObject({ encoders: expect.arrayContaining([encoder]) });
});

test("FFmpeg's addon is unpacked once into the cache of its user", async () => {
  const cache = join(alone.dataDirectory, "../../.cache/onglass");
  const found = await Array.fromAsync(new Bun.Glob("*/*").scan({ cwd: cache, dot: true }));
  expect(found).toEqual([expect.stringMatching(/^[\d.]+-[0-9a-f]{8}\/node-av\.node$/)]);
});

test("a player gets as many frames as it counts, while a capture records them", async () => {
  expect((await call("POST", "/api/v1/stats/capture/start")).status).toBe(200);
  const out = join(alone.folder, "x.h264");
  const played = await alone.run([
    "play",
    host.nativeAddress,
    ...["--seconds", "3", "--out", out, "--json"],
  ]);
  expect(played.stderr).not.toContain("error");
  expect(played.code).toBe(0);
  const summary = JSON.parse(played.stdout);
  expect(summary).toMatchObject({ kind: "native", width: 1280, height: 720, codec: "h264" });
  expect(summary.frames).toBeGreaterThan(0);
  expect(await countFrames(out)).toBe(summary.frames);
  const stopped = await call("POST", "/api/v1/stats/capture/stop");
  const meta: unknown = await stopped.json();
  expect(meta).toMatchObject({ kind: "native", width: 1280, height: 720, codec: "h264" });
  expect(meta).not.toMatchObject({ sample_count: 0 });
}, 30_000);

test("saved captures are listed beside a running host", async () => {
  const { code, stdout } = await alone.run(["captures", "list", "--json"]);
  expect(code).toBe(0);
  const listed = await (await call("GET", "/api/v1/stats/recordings")).json();
  expect(JSON.parse(stdout)).toEqual(listed);
});

test.if(process.getuid?.() === 0)(
  "a cache directory that may hold no programs stops the host with its name",
  async () => {
    await using other = await executableAlone();
    const cache = join(other.folder, "cache");
    await mkdir(cache);
    await command("mount", "-t", "tmpfs", "-o", "noexec,mode=0700", "tmpfs", cache);
    try {
      const { code, stderr } = await other.run(quietServe, { ONGLASS_CACHE_DIR: cache });
      expect(code).toBe(1);
      expect(stderr).toContain(cache);
      expect(stderr).toContain("ONGLASS_CACHE_DIR");
    } finally {
      await command("umount", cache);
    }
  },
  30_000,
);

test.if(process.getuid?.() === 0)(
  "a host has all its paths where no program may be run from the directory for temporary files",
  async () => {
    // GameStream's ports are fixed, hence a network of its own; what the build read is out of sight.
    const packages = join(import.meta.dir, "../../node_modules");
    const script = `
      export PATH=/usr/sbin:/usr/bin:/sbin:/bin
      mount -t tmpfs tmpfs "${packages}"
      mount -t tmpfs -o noexec tmpfs "$TMPDIR"
      ip link set lo up
      exec "$0" "$@"`;
    const apart = ["/usr/bin/unshare", "--net", "--mount", "/bin/sh", "-ec", script];
    await using other = await executableAlone(apart);
    const env = { TMPDIR: join(other.folder, "temporary") };
    await mkdir(env.TMPDIR);
    const started = await startHost(other, { args: ["--gamestream-port", "47989"], env });
    expect(await started.log.line("listening")).toMatchObject({ gamestream: "127.0.0.1:47989" });
    started.process.kill("SIGTERM");
    expect(await started.process.exited).toBe(0);
  },
  30_000,
);

test("a host that is asked to end does so with code 0", async () => {
  host.process.kill("SIGTERM");
  expect(await host.process.exited).toBe(0);
});

function call(method: string, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(host.consoleUrl + path, { method, headers });
}
