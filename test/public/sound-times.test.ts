/** The times of decoded sound, from a decoder that counts them itself. */
import { expect, test } from "bun:test";
import { SoundTimes } from "../../public/sound-times.ts";

test("after a gap each sound still has the time of its packet, although the decoder counts on", () => {
  const times = new SoundTimes();
  const packetsUs = [0, 10_000, 450_000, 460_000];
  for (const atUs of packetsUs) times.add(atUs);
  expect([0, 10_000, 20_000, 30_000].map((saidUs) => times.take(saidUs))).toEqual(packetsUs);
});

test("a decoder that gives nothing for its first packets does not make the others early", () => {
  const times = new SoundTimes();
  for (const atUs of [0, 10_000, 20_000]) times.add(atUs);
  expect(times.take(10_000)).toBe(10_000);
  expect(times.take(20_000)).toBe(20_000);
});

test("a sound that no packet is known of keeps the time that the decoder gives it", () => {
  expect(new SoundTimes().take(70_000)).toBe(70_000);
});
