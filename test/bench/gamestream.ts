/** Cost of a GameStream frame: cut, protect and seal; and of a packet of sound. */

import { OpusPacker } from "../../src/audio/opus.ts";
import { systemClock } from "../../src/base/clock.ts";
import { AudioPacketizer } from "../../src/stages/gamestream-audio.ts";
import { FramePacketizer } from "../../src/stages/gamestream-packetizer.ts";

const clock = systemClock();
const frameCount = 3000;
const warmUpCount = 300;
const packetSize = 1392;
const head = { isKey: false, time90k: 0, latencyTenthMs: 50 };

/** Nearest rank over the runs after warming up. */
function report(name: string, timesUs: number[]): void {
  const sorted = timesUs.slice(warmUpCount).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  console.log(`${name.padEnd(58)} p50 ${at(0.5)} us  p99 ${at(0.99)} us  (${sorted.length} runs)`);
}

function time(run: () => void): number[] {
  return Array.from({ length: frameCount }, () => {
    const startUs = clock.nowUs();
    run();
    return clock.nowUs() - startUs;
  });
}

/** 92 shards in all: 76 of data and 16 of parity, as in a frame of 104 kB at a loss of 4 %. */
export function benchPacketize(): void {
  for (const key of [undefined, Buffer.alloc(16, 1)]) {
    const packetizer = new FramePacketizer({ packetSize, key });
    const unit = crypto.getRandomValues(new Uint8Array(60_000));
    const frame = Buffer.concat([unit, unit]).subarray(0, 76 * (packetSize - 16) - 8);
    const bounds = { percentMin: 0, percentMax: 50 };
    const need = { lossShare: 0.04, parityCountMin: 16, bounds };
    const count = packetizer.packetize(frame, head, need);
    const name = `gamestream packetize, ${packetizer.dataCount}+${packetizer.parityCount} shards`;
    report(
      `${name} (${count})${key === undefined ? "" : ", sealed"}`,
      time(() => packetizer.packetize(frame, head, need)),
    );
  }
}

export function benchSound(): void {
  const packer = new OpusPacker();
  const samples = Int16Array.from({ length: 480 }, (_, index) => (index * 331) % 9000);
  report(
    "gamestream opus, 5 ms stereo",
    time(() => packer.pack(samples)),
  );
  const packetizer = new AudioPacketizer({ packetMs: 5, key: Buffer.alloc(16, 1), keyId: 1 });
  const opus = packer.pack(samples);
  report(
    "gamestream sound packetize, sealed with parity",
    time(() => packetizer.packetize(opus)),
  );
}

if (import.meta.main) {
  benchPacketize();
  benchSound();
}
