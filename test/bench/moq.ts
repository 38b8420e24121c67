/** What viewers cost the host beyond encoding, and how old frames are when they reach them. */
import { levelOf } from "../support/counting.ts";
import type { Row } from "../support/measure.ts";
import { parseFrame } from "../support/moq-client.ts";
import { until } from "../support/until.ts";
import { WatchHost } from "../support/watch-host.ts";

const viewerCount = 20;
const seconds = 8;
const crowdScript = new URL("../support/moq-crowd.ts", import.meta.url).pathname;
const request = { width: 1280, height: 720, fps: 60, bitrate_kbps: 5000 };

/** Of this process, in hundredths of a core; the viewers are another. */
async function coreShare(): Promise<number> {
  const before = process.cpuUsage();
  await Bun.sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / (seconds * 1e6)) * 100;
}

/** With sound each viewer also takes that track, and its encoder counts as a part of the cost. */
export async function benchViewers({ hasSound = false } = {}): Promise<Row[]> {
  await using host = new WatchHost();
  const { broadcast, session_id } = await host.streams.open(request);
  await Bun.sleep(1000); // Compilers and caches warm up.
  const alone = await coreShare();
  const crowd = Bun.spawn(
    [
      process.execPath,
      crowdScript,
      host.url.href,
      broadcast,
      String(viewerCount),
      ...(hasSound ? ["audio"] : []),
    ],
    { stdout: "pipe" },
  );
  const stream = () => host.streams.streams()[0];
  const listeners = hasSound ? viewerCount : 0;
  await until(() => stream()?.viewers === viewerCount && stream()?.listeners === listeners, {
    ...{ what: "all watch", deadlineMs: 20_000 },
  });
  await Bun.sleep(1000);
  const bytesBefore = levelOf(host.counters, broadcast).external.publisher.bytes;
  const watched = await coreShare();
  const bytes = levelOf(host.counters, broadcast).external.publisher.bytes - bytesBefore;
  const skipped = stream()?.skipped ?? 0;
  await host.streams.close(session_id);
  const got = parseFrame(new Uint8Array(await new Response(crowd.stdout).arrayBuffer()));
  const { publisher } = levelOf(host.counters, broadcast).external;
  const ms = (name: string) => (Number(got[name]) / 1000).toFixed(1);
  return [
    {
      what: `${viewerCount} viewers of 720p60 at 5 Mbit/s${hasSound ? " with sound" : ""}, host CPU beyond encoding`,
      reach: `<= ${hasSound ? 15 : 20} % of a core`,
      measured: `${(watched - alone).toFixed(1)} % (encoding alone ${alone.toFixed(1)} %); ${((bytes * 8) / seconds / 1e6).toFixed(1)} Mbit/s in all, ${skipped} frames skipped`,
    },
    {
      what: "what the host counted and what they got",
      reach: "equal",
      measured: `${publisher.frames} and ${got.frames} frames, ${publisher.bytes} and ${got.bytes} bytes`,
    },
    {
      what: "capture to viewer's socket",
      reach: "",
      measured: `p50 ${ms("age_p50_us")} ms, p99 ${ms("age_p99_us")} ms`,
    },
  ];
}
