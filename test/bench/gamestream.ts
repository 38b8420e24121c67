/** Cost of a GameStream frame: cut, protect and seal; and of a packet of sound. */

import { OpusPacker } from "../../src/audio/opus.ts";
import { systemClock } from "../../src/base/clock.ts";
import { AudioPacketizer } from "../../src/gamestream/media/audio-packetizer.ts";
import { FramePacketizer } from "../../src/gamestream/media/video-packetizer.ts";
import { Parity } from "../../src/parity/parity.ts";
import { percentile, type Row } from "../support/measure.ts";

const clock = systemClock();
const frameCount = 3000;
const warmUpCount = 300;
const packetSize = 1392;
const dataCount = 76;
const parityCount = 16;
/** What makes a percentage of it that the player reads as sixteen. */
const parityCountMin = 15;
const head = { isKey: false, time90k: 0, latencyTenthMs: 50 };

/** Nearest rank over the runs after warming up. */
function row(what: string, reach: string, run: () => void): Row {
  const timesUs: number[] = [];
  for (let index = 0; index < frameCount; index++) {
    const startUs = clock.nowUs();
    run();
    if (index >= warmUpCount) timesUs.push(clock.nowUs() - startUs);
  }
  const [p50, p99] = [percentile(timesUs, 0.5), percentile(timesUs, 0.99)];
  return { what, reach, measured: `p50 ${p50} µs, p99 ${p99} µs (${timesUs.length} runs)` };
}

export function benchGamestream(): Row[] {
  return [packetizeRow(undefined), packetizeRow(Buffer.alloc(16, 1)), parityRow(), ...benchSound()];
}

/** 92 shards in all, as in a frame of 104 kB at a loss of 3 %. */
function packetizeRow(key: Buffer | undefined): Row {
  const packetizer = new FramePacketizer({ packetSize, key });
  const unit = crypto.getRandomValues(new Uint8Array(60_000));
  const frame = Buffer.concat([unit, unit]).subarray(0, dataCount * (packetSize - 16) - 8);
  const bounds = { percentMin: 0, percentMax: 50 };
  const need = { lossShare: 0.03, parityCountMin, bounds };
  const count = packetizer.packetize(frame, head, need);
  const shards = `${count} shards, ${packetizer.parityCount} of them parity`;
  return row(
    `packetize a frame of ${shards}${key === undefined ? "" : ", sealed"}`,
    key === undefined ? "p50 <= 500 µs" : "",
    () => packetizer.packetize(frame, head, need),
  );
}

/** The part of it that parity takes. */
function parityRow(): Row {
  const shardBytes = packetSize + 16;
  const parity = new Parity({
    dataCountMax: dataCount,
    parityCountMax: parityCount,
    shardBytesMax: shardBytes,
  });
  for (let index = 0; index < dataCount; index++) {
    crypto.getRandomValues(parity.data(index).subarray(0, shardBytes));
  }
  const what = `parity, ${dataCount} + ${parityCount} shards of ${shardBytes} bytes`;
  return row(what, "", () => parity.encode({ dataCount, parityCount, shardBytes }));
}

function benchSound(): Row[] {
  const packer = new OpusPacker(2);
  const samples = Int16Array.from({ length: 480 }, (_, index) => (index * 331) % 9000);
  const packetizer = new AudioPacketizer({ packetMs: 5, key: Buffer.alloc(16, 1), keyId: 1 });
  const opus = packer.pack(samples);
  return [
    row("Opus, 5 ms of stereo", "", () => packer.pack(samples)),
    row("packetize sound, sealed, with parity", "", () => packetizer.packetize(opus)),
  ];
}
