/**
 * A viewer in a process of its own, so that a test can freeze it: reads the video of a broadcast
 * with the unmodified library and prints a line of totals for each group, and one at the end.
 */
import { Connection, Path } from "@moq/net";

for (const name of ["debug", "info", "warn", "error"] as const) console[name] = () => undefined;
const [url = "", path = ""] = process.argv.slice(2);
const connection = await Connection.connect(new URL(url));
const subscriber = connection.consume(Path.from(path)).subscribe("video", {});
const totals = { frames: 0, bytes: 0, groups: 0, ended: false };
const say = () => process.stdout.write(`${JSON.stringify(totals)}\n`);
for (;;) {
  const group = await subscriber.recvGroup().catch(() => undefined);
  if (group === undefined) break;
  totals.groups += 1;
  say();
  for (;;) {
    const frame = await group.readFrame().catch(() => undefined);
    if (frame === undefined) break;
    totals.frames += 1;
    totals.bytes += frame.payload.byteLength;
  }
}
totals.ended = true;
say();
connection.close();
