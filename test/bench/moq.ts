/**
 * What viewers cost the host, and how old frames are when they reach them:
 * `bun test/bench/moq.ts [seconds] [viewers]`.
 */

import { levelOf } from "../support/counting.ts";
import { parseFrame } from "../support/moq-host.ts";
import { until } from "../support/until.ts";
import { WatchHost } from "../support/watch-host.ts";

const seconds = Number(process.argv[2] ?? 8);
const viewerCount = Number(process.argv[3] ?? 20);
const crowdScript = new URL("../support/moq-crowd.ts", import.meta.url).pathname;
const request = { width: 1280, height: 720, fps: 60, bitrate_kbps: 5000 };

/** Of this process, in hundredths of a core; the viewers are another. */
async function coreShare(): Promise<number> {
  const before = process.cpuUsage();
  await Bun.sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / (seconds * 1e6)) * 100;
}

/** The console is kept quiet while the library runs. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await using host = new WatchHost();
const { broadcast, session_id } = await host.streams.open(request);
await Bun.sleep(1000); // Compilers and caches warm up.
const alone = await coreShare();
const crowd = Bun.spawn(
  [process.execPath, crowdScript, host.url.href, broadcast, String(viewerCount)],
  {
    stdout: "pipe",
  },
);
const stream = () => host.streams.streams()[0];
await until(() => stream()?.viewers === viewerCount, { what: "all watch", deadlineMs: 20_000 });
await Bun.sleep(1000);
const bytesBefore = levelOf(host.counters, broadcast).external.publisher.bytes;
const watched = await coreShare();
const bytes = levelOf(host.counters, broadcast).external.publisher.bytes - bytesBefore;
const skipped = stream()?.skipped;
await host.streams.close(session_id);
const got = parseFrame(new Uint8Array(await new Response(crowd.stdout).arrayBuffer()));
const { publisher } = levelOf(host.counters, broadcast).external;

say(`720p60, encoding alone: ${alone.toFixed(1)} % of a core`);
say(
  `${viewerCount} viewers, ${((bytes * 8) / seconds / 1e6).toFixed(1)} Mbit/s in all: ${(watched - alone).toFixed(1)} % of a core more, ${skipped} frames skipped`,
);
say(
  `capture to viewer: p50 ${Number(got.age_p50_us) / 1000} ms, p99 ${Number(got.age_p99_us) / 1000} ms`,
);
say(
  `host counted ${publisher.frames} frames, ${publisher.bytes} bytes; viewers got ${got.frames}, ${got.bytes}`,
);
