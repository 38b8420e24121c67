/** Host and player as two machines; the truth about loss is the kernel's own counter. Needs root. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Capture } from "../../src/model/capture.ts";
import type { PlaySummary } from "../../src/native/tally.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TwoMachines } from "../support/two-machines.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const port = 7781;
const isRoot = process.getuid?.() === 0;

async function startHost(machines: TwoMachines, dataDirectory: string) {
  const own = ["--data-dir", dataDirectory, "--native-listen", `0.0.0.0:${port}`];
  const args = ["serve", ...own, "--gamestream-port", "0"];
  const child = Bun.spawn(machines.hostCommand([process.execPath, main, ...args]), {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const reader = child.stderr.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toContain("listening");
  reader.releaseLock();
  const token = (await Bun.file(join(dataDirectory, "token")).text()).trim();
  const call = async (method: string, path: string) => {
    const url = `http://127.0.0.1:7780/api/v1/${path}`;
    const header = `Authorization: Bearer ${token}`;
    return await machines.onHost(["curl", "-fsS", "-X", method, "-H", header, url]);
  };
  return {
    call,
    sampleCount: async (count: number) => {
      while (JSON.parse(await call("GET", "stats/capture/status")).sample_count < count) {
        await Bun.sleep(100);
      }
    },
    stop: async () => {
      child.kill("SIGINT");
      await child.exited;
    },
  };
}

test.skipIf(!isRoot)(
  "the datagrams that the kernel lost are the ones that samples and player count",
  async () => {
    await using machines = await TwoMachines.make();
    await using directory = await tempDirectory();
    const host = await startHost(machines, directory.path);
    await host.call("POST", "stats/capture/start");
    const args = ["play", `${machines.hostAddress}:${port}`, "--data-dir", directory.path];
    const size = ["--width", "640", "--height", "360", "--bitrate-kbps", "4000"];
    const player = Bun.spawn(
      machines.playerCommand([process.execPath, main, ...args, ...size, "--json"]),
      { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    );
    await host.sampleCount(1);
    await machines.lose(3, port);
    await host.sampleCount(3);
    const lostCount = await machines.heal();
    await host.sampleCount(5);
    const capture: Capture = JSON.parse(await host.call("GET", "stats/capture/live"));
    player.kill("SIGINT");
    const summary: PlaySummary = JSON.parse(await player.stdout.text());
    await host.stop();
    const total = (field: "packets_dropped" | "send_dropped" | "frames_lost" | "fec_recovered") =>
      capture.samples.reduce((sum, sample) => sum + (sample[field] ?? 0), 0);
    expect(lostCount).toBeGreaterThan(5);
    expect(total("packets_dropped")).toBe(lostCount);
    expect(summary.packets_lost).toBe(lostCount);
    expect(total("send_dropped")).toBe(0);
    expect(total("frames_lost")).toBe(summary.frames_lost);
    expect(total("fec_recovered")).toBe(summary.fec_recovered);
    expect(summary.fec_recovered).toBeGreaterThan(0);
  },
  60_000,
);
