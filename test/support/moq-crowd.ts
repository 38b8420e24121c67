/**
 * Many viewers in a process of their own: `moq-crowd.ts URL BROADCAST COUNT [audio]`. Prints one line at the
 * end with what they got, and how old frames were when they arrived, on the machine's own clock.
 */
import { Connection, Path, type Track, Varint } from "@moq/net";
import { systemClock } from "../../src/base/clock.ts";

for (const name of ["debug", "info", "warn", "error"] as const) console[name] = () => undefined;
const [url = "", path = "", count = "1", sound] = process.argv.slice(2);
const clock = systemClock();
const ages: number[] = [];
const totals = { frames: 0, bytes: 0, groups: 0 };

async function watch(): Promise<void> {
  const connection = await Connection.connect(new URL(url));
  const broadcast = connection.consume(Path.from(path));
  const tracks = ["video", ...(sound === undefined ? [] : [sound])];
  await Promise.all(tracks.map((name) => read(broadcast.subscribe(name, {}), name === "video")));
}

async function read(subscriber: Track.Subscriber, isAged: boolean): Promise<void> {
  for (;;) {
    const group = await subscriber.recvGroup();
    if (group === undefined) return;
    totals.groups += 1;
    for (;;) {
      const frame = await group.readFrame();
      if (frame === undefined) break;
      totals.frames += 1;
      totals.bytes += frame.payload.byteLength;
      if (isAged) ages.push(clock.nowUs() - Varint.decode(frame.payload)[0]);
    }
  }
}

await Promise.all(Array.from({ length: Number(count) }, watch));
const sorted = Float64Array.from(ages).sort();
const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
process.stdout.write(
  `${JSON.stringify({ ...totals, age_p50_us: at(0.5), age_p99_us: at(0.99) })}\n`,
);
process.exit(0);
