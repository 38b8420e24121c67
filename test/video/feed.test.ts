import { expect, test } from "bun:test";
import type { Micros } from "../../src/base/clock.ts";
import { openFeed } from "../../src/video/feed.ts";
import { pictureTypeIdr } from "../../src/video/ffmpeg.ts";
import { openSource } from "../../src/video/sources/open.ts";

test("NV12 is the same picture with its chroma interleaved, in its place and of its kind", () => {
  const size = { width: 64, height: 36 };
  const source = openSource("testsrc", { ...size, fps: 60 });
  const feed = openFeed("nv12", size);
  for (let index = 0; index < 3; index++) {
    source.capture(index, 1 as Micros);
    const { frame } = source;
    frame.pts = BigInt(index);
    frame.pictType = pictureTypeIdr;
    const into = feed.take(frame);
    expect([into.pts, into.pictType]).toEqual([BigInt(index), pictureTypeIdr]);
    const rows = (data: Uint8Array | undefined, stride = 0, [width, height] = [0, 0]) =>
      Array.from({ length: height }, (_, y) => data?.slice(y * stride, y * stride + width));
    const planes = frame.data ?? [];
    const [luma, chroma] = into.data ?? [];
    const whole = [size.width, size.height] as [number, number];
    expect(rows(luma, into.linesize[0], whole)).toEqual(rows(planes[0], frame.linesize[0], whole));
    const half = [size.width / 2, size.height / 2] as [number, number];
    const [u, v] = [1, 2].map((plane) => rows(planes[plane], frame.linesize[plane], half));
    const mixed = rows(chroma, into.linesize[1], [size.width, size.height / 2]);
    expect(mixed.map((row) => row?.filter((_, x) => x % 2 === 0))).toEqual(u ?? []);
    expect(mixed.map((row) => row?.filter((_, x) => x % 2 === 1))).toEqual(v ?? []);
  }
  feed.close();
  source.close();
});
