/**
 * What the machine plays, for `x11:` sources: the monitor of the default output of PulseAudio or
 * PipeWire, through the `parec` program where it is installed.
 */
import { Failure } from "../base/failure.ts";
import { bytesPerSample, channelCount, type SoundSource, sampleRate } from "./format.ts";
import { SampleRing } from "./sample-ring.ts";

/** A tenth of a second: more would be heard as delay. */
const sampleCountMax = sampleRate / 10;

/** @throws Failure `no_sound` when the program is not there. */
export function openMonitor(onEnd: (reason: string) => void): SoundSource {
  const program = Bun.which("parec", { PATH: process.env.PATH ?? "" });
  if (program === null) throw new Failure("no_sound", 'Cannot record sound: "parec" is missing');
  const recorder = Bun.spawn(
    [
      program,
      "--device=@DEFAULT_MONITOR@",
      "--format=s16le",
      `--rate=${sampleRate}`,
      `--channels=${channelCount}`,
      "--latency-msec=10",
      "--raw",
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "ignore" },
  );
  const ring = new SampleRing({ sampleCountMax });
  let isClosed = false;
  void pump(recorder.stdout, ring).finally(() => {
    if (!isClosed) onEnd('"parec" ended by itself');
  });
  return {
    read: (target) => ring.read(target),
    close: () => {
      isClosed = true;
      recorder.kill();
    },
  };
}

/** Pieces end anywhere, also in the middle of a sample. */
async function pump(stream: ReadableStream<Uint8Array>, ring: SampleRing): Promise<void> {
  let held = new Uint8Array(0);
  for await (const piece of stream) {
    const bytes = Buffer.concat([held, piece]);
    const whole = bytes.length - (bytes.length % bytesPerSample);
    // A copy of its own begins where 16-bit numbers may begin.
    const samples = new Uint8Array(bytes.subarray(0, whole));
    ring.write(new Int16Array(samples.buffer));
    held = new Uint8Array(bytes.subarray(whole));
  }
}
