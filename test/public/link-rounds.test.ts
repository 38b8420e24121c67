/** What a page measures of its link: by pieces cut anywhere, and over a cable of a known rate. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { measureLink, type ProbedHost } from "../../public/link-rounds.ts";
import { ProbeMeter, probeFrameBytes, stampBytes } from "../../src/model/link-probe.ts";
import { HostLog } from "../support/host-log.ts";
import { isRoot } from "../support/network-run.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TwoMachines } from "../support/two-machines.ts";

const main = join(import.meta.dir, "../../src/main.ts");
const reader = join(import.meta.dir, "../support/link-reader-process.ts");

/** Frames that were written at these times, one after another. */
function framesAt(timesUs: readonly number[], frameBytes: number): Uint8Array {
  const bytes = new Uint8Array(timesUs.length * frameBytes).fill(0xa5);
  const view = new DataView(bytes.buffer);
  for (const [index, us] of timesUs.entries()) view.setFloat64(index * frameBytes, us, true);
  return bytes;
}

test("however the stream is cut, the times in it are read, and their spread is the jitter", () => {
  const times = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
  const bytes = fc.integer({ min: stampBytes, max: 40 });
  const cuts = fc.array(fc.nat({ max: 800 }), { maxLength: 30 });
  fc.assert(
    fc.property(times, bytes, cuts, (timesUs, frameBytes, at) => {
      const stream = framesAt(timesUs, frameBytes);
      const meter = new ProbeMeter(frameBytes);
      const ends = [...at.map((place) => place % stream.length), stream.length].toSorted(
        (a, b) => a - b,
      );
      let from = 0;
      for (const end of ends) {
        meter.push(stream.subarray(from, end), 2_000_000);
        from = end;
      }
      // All came at one moment: what was written first waited longest.
      const spread = Math.max(...timesUs) - Math.min(...timesUs);
      const result = meter.result(1000);
      expect(result.jitter_us).toBe(spread);
      expect(result.received_kbps).toBe(Math.round((stream.length * 8) / 1000));
    }),
  );
});

test("a stream that brought nothing has no jitter, and a frame holds at least its stamp", () => {
  expect(new ProbeMeter(8).result(1000)).toEqual({ received_kbps: 0, jitter_us: undefined });
  expect(probeFrameBytes(1)).toBe(stampBytes);
  expect(probeFrameBytes(4000)).toBe(8333);
});

/** A host whose answers to its clock hang from the given one on, as behind a link that was cut. */
function cutHost(answeredCount: number): ProbedHost {
  let left = answeredCount;
  const hanging = (signal: AbortSignal) =>
    new Promise<Response>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const headers = { "onglass-frame-bytes": "8" };
  const ask = (path: string, signal: AbortSignal) => {
    if (!path.startsWith("/api/v1/moq/clock"))
      return Promise.resolve(new Response(new Uint8Array(8), { headers }));
    left -= 1;
    return left < 0 ? hanging(signal) : Promise.resolve(new Response("0"));
  };
  return { ask, onRound: () => undefined, signal: new AbortController().signal };
}

test("a link that is cut while round trips are measured ends the check", async () => {
  await expect(measureLink(cutHost(0))).rejects.toMatchObject({ name: "TimeoutError" });
}, 60_000);

test("round trips that came back before the time was over count", async () => {
  expect(await measureLink(cutHost(3))).toHaveProperty("rtt_us");
}, 60_000);

test.skipIf(!isRoot)(
  "over a cable of 20 Mbit/s the check finds what it carries",
  async () => {
    await using stack = new AsyncDisposableStack();
    const machines = stack.use(await TwoMachines.make());
    const { path } = stack.use(await tempDirectory());
    const listen = ["--listen", "0.0.0.0:7780", "--no-tls", "--native-listen", "127.0.0.1:0"];
    const flags = ["--data-dir", path, ...listen, "--gamestream-port", "0", "--keep-on", "off"];
    const host = Bun.spawn(machines.hostCommand([process.execPath, main, "serve", ...flags]), {
      ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    });
    stack.defer(async () => {
      host.kill();
      await host.exited;
    });
    await new HostLog(host.stderr).line("listening");
    await machines.shape(20_000, 100_000);
    const token = (await Bun.file(join(path, "token")).text()).trim();
    const url = `http://${machines.hostAddress}:7780`;
    const command = machines.playerCommand([process.execPath, reader, url, token]);
    const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [out, asked] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const { carried_kbps, is_at_least } = JSON.parse(out);
    expect(is_at_least).toBe(false);
    // Headers of TCP, IP and Ethernet are on the cable too.
    expect(carried_kbps).toBeLessThan(20_000);
    // A machine that is busy for 30 ms ends the check one round earlier.
    expect(carried_kbps).toBeGreaterThan(asked.includes("36000") ? 12_000 : 3000);
  },
  60_000,
);
