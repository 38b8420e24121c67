import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { codecString } from "../../src/moq/codec-string.ts";
import { deltaUnit, keyUnit } from "../support/fake-stream.ts";
import { collect, openSmall } from "../support/stream.ts";

describe("H.264", () => {
  test("is named by the three bytes after the type of its parameter set", () => {
    expect(codecString("h264", keyUnit)).toBe("avc1.42c01f");
    const highAt51 = new Uint8Array([0, 0, 1, 9, 0xf0, 0, 0, 1, 0x27, 0x64, 0, 0x33, 0xac]);
    expect(codecString("h264", highAt51)).toBe("avc1.640033");
  });

  test("has no name without a whole parameter set", () => {
    expect(codecString("h264", deltaUnit)).toBeUndefined();
    expect(codecString("h264", keyUnit.subarray(0, 7))).toBeUndefined();
    expect(codecString("h264", new Uint8Array())).toBeUndefined();
  });
});

describe("AV1", () => {
  /** Temporal delimiter, then a sequence header whose first bytes are given. */
  const unitOf = (...header: number[]) => new Uint8Array([0x12, 0, 0x0a, header.length, ...header]);

  test("is named by profile, level and tier of its sequence header", () => {
    // seq_profile 0, no reduced header, no timing, one operating point of level 8 (4.0), 5 bits.
    expect(codecString("av1", unitOf(0b00000000, 0b00000000, 0b00000000, 0b01000000))).toBe(
      "av01.0.08M.08",
    );
    // Level 13 (5.1) has a tier: 1 is high.
    expect(codecString("av1", unitOf(0b00000000, 0, 0, 0b01101100))).toBe("av01.0.13H.08");
    // Profile 1, reduced header: the level follows at once.
    expect(codecString("av1", unitOf(0b00111001, 0b01000000))).toBe("av01.1.05M.08");
  });

  test("has no name without a sequence header, or with one that holds its timing", () => {
    expect(codecString("av1", new Uint8Array([0x12, 0]))).toBeUndefined();
    expect(codecString("av1", unitOf(0b00000100))).toBeUndefined();
    expect(codecString("av1", new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff]))).toBeUndefined();
  });
});

test.each(["h264", "av1"] as const)(
  "what the host's own %s encoder makes has a name",
  async (codec) => {
    const stream = await openSmall({ codec });
    const [key] = await collect(stream, ({ length }) => length >= 1);
    await stream.close();
    const form = codec === "h264" ? /^avc1\.[0-9a-f]{6}$/ : /^av01\.0\.\d\d[MH]\.08$/;
    expect(codecString(codec, key?.bytes ?? new Uint8Array())).toMatch(form);
  },
  20_000,
);

test("whatever the bytes, it ends with a name or none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const avc = codecString("h264", bytes);
      const av1 = codecString("av1", bytes);
      expect(avc === undefined || /^avc1\.[0-9a-f]{6}$/.test(avc)).toBe(true);
      expect(av1 === undefined || /^av01\.[0-7]\.\d\d[MH]\.08$/.test(av1)).toBe(true);
      expect(codecString("hevc", bytes)).toBeUndefined();
    }),
  );
});
