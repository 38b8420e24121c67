/**
 * A host that records one capture after the other until it is killed, and says on stdout what it has
 * done: `pushed <capture> <samples>` and `saved <capture> <samples>`. A window here is as long as the
 * journal needs to reach the file; the client's label tells which capture it is.
 */
import { writeSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import { Recorder } from "../../src/recorder/recorder.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { lockDirectory } from "../../src/store/directory-lock.ts";
import { nativeSession, sampleOf } from "./recorder-parts.ts";
import { note, timelineOn } from "./timeline-parts.ts";

const directory = process.argv[2] ?? "";
const journalDirectory = join(directory, "journal");
using _lock = lockDirectory(directory);
const clock = systemClock();
const timeline = timelineOn(clock);
const recorder = new Recorder({
  gate: new Gate(),
  clock,
  timeline,
  vault: new CaptureStore(join(directory, "captures")),
  journalDirectory,
  hostName: "test-host",
  sessionIds: new SharedSequence(),
});

for (let capture = 0; ; capture++) {
  await recorder.start();
  const session = recorder.registerSession({ ...nativeSession, client: `capture ${capture}` });
  const count = 3 + (capture % 17);
  for (let sample = 1; sample <= count; sample++) {
    timeline.record(note(`event ${sample}`));
    timeline.note({ code: "bitrate_after", values: { session: sample } });
    recorder.pushSample(session, sampleOf({ fps: sample }));
    say(`pushed ${capture} ${sample}`);
    // Event, checkpoint and sample, and before them the head and the session.
    while ((await journalLineCount()) < 3 * sample + 2) await Bun.sleep(1);
  }
  await recorder.stop();
  say(`saved ${capture} ${count}`);
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function journalLineCount(): Promise<number> {
  const [name] = (await readdir(journalDirectory)).filter((one) => one.endsWith(".jsonl"));
  if (name === undefined) return 0;
  return (await Bun.file(join(journalDirectory, name)).text()).split("\n").length - 1;
}
