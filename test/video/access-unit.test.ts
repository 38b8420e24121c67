import { expect, test } from "bun:test";
import { FramePacketizer } from "../../src/gamestream/media/video-packetizer.ts";
import { withoutMessages } from "../../src/video/access-unit.ts";
import { collect, openSmall } from "../support/stream.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const sps = "00000001 67aabb";
const pps = "000001 68cc";
const message = "000001 06dddddd";
const slice = "000001 65eeee";

test("messages before the first slice are left out, wherever they lie", () => {
  const wanted = hex(sps + pps + slice);
  for (const unit of [sps + pps + message + slice, sps + message + pps + message + slice]) {
    expect(Buffer.from(withoutMessages(hex(unit), "h264"))).toEqual(wanted);
  }
  expect(Buffer.from(withoutMessages(hex(message + slice), "h264"))).toEqual(hex(slice));
});

test("a unit without messages, or with none before its slice, stays as it is", () => {
  for (const unit of [sps + pps + slice, slice + message, slice, "", "0102"]) {
    expect(Buffer.from(withoutMessages(hex(unit), "h264"))).toEqual(hex(unit));
  }
});

test("messages of HEVC go by its own numbers, and AV1 is left alone", () => {
  const parameters = "000001 4001aa 000001 4201bb 000001 4401cc";
  const unit = `${parameters} 000001 4e01dd 000001 2601ee`;
  const wanted = hex(`${parameters} 000001 2601ee`);
  expect(Buffer.from(withoutMessages(hex(unit), "hevc"))).toEqual(wanted);
  expect(Buffer.from(withoutMessages(hex(unit), "av1"))).toEqual(hex(unit));
});

for (const codec of ["h264", "hevc"] as const) {
  test(`the first packet of a ${codec} key frame holds its slice, for Moonlight too`, async () => {
    await using stream = await openSmall({ codec, bitrateKbps: 4000 });
    const [key] = await collect(stream, ({ length }) => length === 1);
    const packetizer = new FramePacketizer({ packetSize: 1024 });
    const head = { isKey: true, time90k: 0, latencyTenthMs: 0 };
    const bounds = { percentMin: 0, percentMax: 0 };
    const need = { lossShare: 0, parityCountMin: 0, bounds };
    packetizer.packetize(key?.bytes ?? new Uint8Array(), head, need);
    const first = packetizer.slots[0] ?? new Uint8Array();
    // Behind the datagram's head of 32 bytes and the frame's of 8.
    expect(countSlices(first.subarray(40), codec)).toBeGreaterThan(0);
  });
}

test("a picture has at least as many slices as were asked for", async () => {
  for (const slices of [1, 2, 4]) {
    await using stream = await openSmall({ slices, width: 640, height: 360 });
    const frames = await collect(stream, ({ length }) => length === 5);
    const counts = frames.map(({ bytes }) => countSlices(bytes, "h264"));
    const wanted = Math.max(slices, Math.min(navigator.hardwareConcurrency, 4));
    expect(counts).toEqual(Array(5).fill(wanted));
  }
});

/** Slices of a unit in Annex B, by the types of its NAL units. */
function countSlices(unit: Uint8Array, codec: "h264" | "hevc"): number {
  let count = 0;
  const startCode = Buffer.from([0, 0, 1]);
  const bytes = Buffer.from(unit);
  for (let at = bytes.indexOf(startCode); at >= 0; at = bytes.indexOf(startCode, at + 3)) {
    const head = unit[at + 3] ?? 0;
    const type = codec === "h264" ? head & 0x1f : (head >> 1) & 0x3f;
    if (codec === "h264" ? type >= 1 && type <= 5 : type < 32) count += 1;
  }
  return count;
}
