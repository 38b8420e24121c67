/** What players send, read and refused: HTTP, RTSP, SDP, control and input. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { readInput } from "../../src/gamestream/control/input-message.ts";
import { readControl, rumbleMessage } from "../../src/gamestream/control/message.ts";
import { ControlSeal } from "../../src/gamestream/control/seal.ts";
import { hexParameter, readRequest, requestBytesMax } from "../../src/gamestream/http/request.ts";
import { answer, refusal } from "../../src/gamestream/http/xml.ts";
import { readLaunch } from "../../src/gamestream/launch.ts";
import { KeyRegistry } from "../../src/gamestream/launch-key.ts";
import { readRtsp, rtspBytesMax, writeRtsp } from "../../src/gamestream/rtsp/message.ts";
import { describe, readAnnounce } from "../../src/gamestream/rtsp/sdp.ts";
import { openRtsp, sealRtsp } from "../../src/gamestream/rtsp/seal.ts";
import { padButtons, padCapabilities, penButtons } from "../../src/input/event.ts";
import { announceBody } from "../support/gamestream-client/player.ts";

const key = Buffer.alloc(16, 3);

function inputOf(kind: number, fields: readonly number[]): Buffer {
  const payload = Buffer.alloc(8 + fields.length);
  payload.writeUInt32BE(4 + fields.length, 0);
  payload.writeUInt32LE(kind, 4);
  payload.set(fields, 8);
  return payload;
}

test("a GET request gives path and query; other requests and half of one give nothing", () => {
  const whole = readRequest(Buffer.from("GET /pair?a=1&b=%20x HTTP/1.1\r\nHost: y\r\n\r\n"));
  expect(whole).toMatchObject({ path: "/pair" });
  expect(typeof whole === "object" && whole.query.get("b")).toBe(" x");
  expect(readRequest(Buffer.from("GET /pair HTTP/1.1\r\nHost: y\r\n"))).toBe("incomplete");
  expect(readRequest(Buffer.from("POST /pair HTTP/1.1\r\n\r\n"))).toBe("malformed");
  expect(readRequest(Buffer.from("GET pair HTTP/1.1\r\n\r\n"))).toBe("malformed");
  expect(readRequest(Buffer.alloc(requestBytesMax - 1, 65))).toBe("incomplete");
  expect(readRequest(Buffer.alloc(requestBytesMax, 65))).toBe("malformed");
});

test("a parameter in hex is taken within its lengths only", () => {
  const query = new URLSearchParams({ four: "00ffAA10", odd: "abc", none: "zz" });
  const limits = { min: 4, max: 4 };
  expect(hexParameter(query, "four", limits)).toEqual(Buffer.from([0, 255, 170, 16]));
  expect(hexParameter(query, "four", { min: 5, max: 9 })).toBeUndefined();
  expect(hexParameter(query, "four", { min: 1, max: 3 })).toBeUndefined();
  expect(hexParameter(query, "odd", { min: 0, max: 9 })).toBeUndefined();
  expect(hexParameter(query, "none", { min: 0, max: 9 })).toBeUndefined();
  expect(hexParameter(query, "absent", limits)).toBeUndefined();
});

test("answers escape what they are given", () => {
  expect(answer({ name: '<a & "b">\u0001' })).toContain("&#60;a &#38; &#34;b&#34;&#62;?");
  expect(refusal(503, "it's busy")).toContain('status_code="503" status_message="it&#39;s busy"');
});

test("a launch needs a key of sixteen bytes and its number", () => {
  const good = { rikey: "00".repeat(16), rikeyid: "-5", appid: "1" };
  expect(readLaunch(new URLSearchParams(good), 0)).toMatchObject({ keyId: -5, appId: 1 });
  const unsigned = new URLSearchParams({ ...good, rikeyid: "4294967291" });
  expect(readLaunch(unsigned, 0)?.keyId).toBe(-5);
  for (const wrong of [{ rikey: "00" }, { rikeyid: "x" }, { appid: "-1" }, { rikeyid: "9e9" }]) {
    expect(readLaunch(new URLSearchParams({ ...good, ...wrong }), 0)).toBeUndefined();
  }
});

test("an RTSP request in pieces is incomplete until its body is there", () => {
  const text = "ANNOUNCE a/b RTSP/1.0\r\nCSeq: 7\r\nContent-length: 4\r\n\r\nabcd";
  for (let end = 0; end < text.length; end++) {
    expect(readRtsp(text.slice(0, end))).toBe("incomplete");
  }
  expect(readRtsp(text)).toMatchObject({ method: "ANNOUNCE", sequence: "7", body: "abcd" });
});

test("RTSP requests without sequence, with a wild length or too long are malformed", () => {
  expect(readRtsp("PLAY / RTSP/1.0\r\nA: b\r\n\r\n")).toBe("malformed");
  expect(readRtsp("PLAY / RTSP/1.0\r\nCSeq: 1\r\nContent-length: -1\r\n\r\n")).toBe("malformed");
  expect(
    readRtsp(`PLAY / RTSP/1.0\r\nCSeq: 1\r\nContent-length: ${rtspBytesMax + 1}\r\n\r\n`),
  ).toBe("malformed");
  expect(readRtsp("x".repeat(rtspBytesMax))).toBe("malformed");
  expect(writeRtsp("3", {}).toString()).toBe("RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n");
});

test("sealed RTSP opens with the right key and side only", () => {
  const sealed = sealRtsp(Buffer.from("hello"), { key, sequence: 9, side: "client" });
  expect(openRtsp(sealed, { key, side: "client" })).toEqual({ text: "hello" });
  expect(openRtsp(sealed, { key, side: "host" })).toBe("malformed");
  expect(openRtsp(sealed, { key: Buffer.alloc(16), side: "client" })).toBe("malformed");
  expect(openRtsp(sealed.subarray(0, 26), { key, side: "client" })).toBe("incomplete");
});

test("what a player announces is taken within the ranges that we can serve", () => {
  expect(readAnnounce(announceBody({}))).toMatchObject({
    width: 640,
    height: 360,
    fps: 60,
    codec: "h264",
    bitrateKbps: 4000,
    isControlV2: true,
    isVideoSealed: false,
    isAudioSealed: true,
    reportsLoss: true,
  });
  expect(readAnnounce(announceBody({ width: 5120 }))?.width).toBe(5120);
  expect(readAnnounce(announceBody({ refreshX100: 5994 }))?.fps).toBe(59.94);
  // The screen runs at another rate than was asked for: the rate counts.
  expect(readAnnounce(announceBody({ refreshX100: 14_400 }))?.fps).toBe(60);
  expect(readAnnounce(announceBody({ slices: 4 }))?.slices).toBe(4);
  const channels = [2, 6, 8, 7, 0].map((channelCount) => announceBody({ channelCount }));
  expect(channels.map((body) => readAnnounce(body)?.audioChannelCount)).toEqual([2, 6, 8, 2, 2]);
  expect(readAnnounce(announceBody({ fps: 0 }))).toBeUndefined();
  expect(readAnnounce(announceBody({ packetSize: 100 }))).toBeUndefined();
  expect(readAnnounce(announceBody({ packetSize: 1400 }))?.packetSize).toBe(1392);
  expect(readAnnounce(announceBody({ width: 641 }))?.width).toBe(640);
  expect(readAnnounce(announceBody({ reportsLoss: false }))?.reportsLoss).toBe(false);
  expect(readAnnounce("")).toBeUndefined();
});

test("a layout of the sound is offered for each count of channels", () => {
  const layouts = describe({ codecs: ["h264"] }).match(/surround-params=\d+/g);
  expect(layouts).toEqual([
    "surround-params=21101",
    "surround-params=642014235",
    "surround-params=85301623457",
  ]);
});

test("codecs are offered that the encoder has, and no others", () => {
  expect(describe({ codecs: ["h264"] })).not.toContain("AV1/90000");
  expect(describe({ codecs: ["h264", "hevc", "av1"] })).toMatch(/AAAAAU[\s\S]*AV1\/90000/);
});

function sealedBy(seal: ControlSeal, type: number, payload: Uint8Array): Buffer {
  const packet = seal.seal(type, payload);
  if (packet === undefined) throw new Error("Cannot seal any more");
  return packet;
}

test("the host seals nothing where its vectors are also the player's", () => {
  const reason = new Uint8Array(4);
  expect(new ControlSeal({ key, version: 1, own: "host" }).seal(0x109, reason)).toBeUndefined();
  expect(new ControlSeal({ key, version: 2, own: "host" }).seal(0x109, reason)).toBeDefined();
});

test("a launch key has one sealer for each use, and is known when it comes again", () => {
  const registry = new KeyRegistry();
  const bytes = Buffer.alloc(16, 7);
  const launchKey = registry.claim(bytes);
  expect(launchKey?.lend("video")).toEqual(bytes);
  expect(() => launchKey?.lend("video")).toThrow();
  expect(launchKey?.isSpent).toBe(false);
  launchKey?.lend("control");
  expect(launchKey?.isSpent).toBe(true);
  expect(registry.claim(Buffer.from(bytes))).toBeUndefined();
  expect(registry.claim(Buffer.alloc(16, 8))).toBeDefined();
});

for (const version of [1, 2] as const) {
  test(`control packets of version ${version} open on the other side, once changed never`, () => {
    const client = new ControlSeal({ key, version, own: "client" });
    const host = new ControlSeal({ key, version, own: "host" });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (payload, place) => {
        const packet = sealedBy(client, 0x206, payload);
        const changed = Buffer.from(packet);
        // The sequence is not sealed in version 1, only its lowest byte counts.
        const at = place % packet.length;
        const isFree = version === 1 && at >= 5 && at < 8;
        changed[at] = (changed[at] ?? 0) ^ 0x40;
        if (!isFree) expect(host.open(changed)).toBeUndefined();
        expect(host.open(packet)).toEqual({ type: 0x206, payload: Buffer.from(payload) });
      }),
    );
  });
}

test("a control packet that is played again is dropped", () => {
  const client = new ControlSeal({ key, version: 2, own: "client" });
  const host = new ControlSeal({ key, version: 2, own: "host" });
  const first = sealedBy(client, 0x302, new Uint8Array(2));
  const second = sealedBy(client, 0x302, new Uint8Array(2));
  expect(host.open(second)).toBeDefined();
  expect(host.open(first)).toBeDefined();
  expect(host.open(second)).toBeUndefined();
  expect(host.open(first)).toBeUndefined();
  for (let count = 0; count < 1030; count++) host.open(sealedBy(client, 0x200, new Uint8Array(8)));
  expect(host.open(first)).toBeUndefined();
});

test("control messages are read; those that do not fit are dropped", () => {
  expect(readControl(0x302, Buffer.alloc(2))).toEqual({ kind: "idr" });
  expect(readControl(0x200, Buffer.alloc(8))).toEqual({ kind: "alive" });
  const range = Buffer.alloc(24);
  range.writeUInt32LE(5, 0);
  range.writeUInt32LE(9, 8);
  expect(readControl(0x301, range)).toEqual({ kind: "invalidate", first: 5, last: 9 });
  range.writeUInt32LE(4, 8);
  expect(readControl(0x301, range)).toBeUndefined();
  expect(readControl(0x301, Buffer.alloc(11))).toBeUndefined();
  expect(readControl(0x5502, Buffer.alloc(20))).toBeUndefined();
  expect(readControl(0x9999, Buffer.alloc(20))).toBeUndefined();
});

test("keyboard, mouse and wheel are read as they were sent", () => {
  expect(readInput(inputOf(3, [0, 0x41, 0x80, 1, 0, 0]))).toEqual({
    kind: "key",
    isDown: true,
    virtualKey: 0x41,
    modifiers: 1,
    flags: 0,
  });
  expect(readInput(inputOf(5, [0, 10, 0, 20, 0, 0, 7, 127, 4, 55]))).toEqual({
    kind: "pointer",
    x: 10,
    y: 20,
    width: 1919,
    height: 1079,
  });
  expect(readInput(inputOf(7, [255, 246, 0, 5]))).toEqual({ kind: "pointer_move", dx: -10, dy: 5 });
  expect(readInput(inputOf(8, [5]))).toEqual({ kind: "button", isDown: true, button: 5 });
  expect(readInput(inputOf(9, [6]))).toBeUndefined();
  expect(readInput(inputOf(0x0a, [255, 136, 255, 136, 0, 0]))).toEqual({
    kind: "scroll",
    axis: "vertical",
    amount: -120,
  });
  expect(readInput(inputOf(0x17, [...Buffer.from("aλ\u0007")]))).toEqual({
    kind: "text",
    text: "aλ",
  });
  expect(readInput(inputOf(0x17, [...Buffer.from("a\r\n\tb\u001b")]))).toEqual({
    kind: "text",
    text: "a\r\n\tb",
  });
  expect(readInput(inputOf(0x17, [0xff, 0xfe]))).toBeUndefined();
});

test("pads are read with all their buttons, sticks and sensors", () => {
  const fields = [0x1a, 0, 2, 0, 7, 0, 0x14, 0, 1, 0x10, 200, 100, 1, 0, 2, 0, 3, 0, 4, 0, 0x9c, 0];
  expect(readInput(inputOf(0x0c, [...fields, 1, 0, 0x55, 0]))).toEqual({
    kind: "pad",
    pad: 2,
    activeMask: 7,
    buttons: padButtons.a | padButtons.dpadUp | padButtons.paddle1,
    leftTrigger: 200,
    rightTrigger: 100,
    leftX: 1,
    leftY: 2,
    rightX: 3,
    rightY: 4,
  });
  expect(readInput(inputOf(0x0c, fields))).toBeUndefined();
  const nan = [0, 0, 0xc0, 0x7f];
  expect(
    readInput(inputOf(0x5500_0006, [0, 1, 0, 0, ...nan, 0, 0, 0, 0, 0, 0, 0, 0])),
  ).toBeUndefined();
  const one = [0, 0, 0x80, 0x3f];
  expect(readInput(inputOf(0x5500_0006, [3, 1, 0, 0, ...one, ...one, ...one]))).toMatchObject({
    kind: "pad_motion",
    pad: 3,
    z: 1,
  });
});

test("a pad that arrives is read with its kind and what it can", () => {
  const can = padCapabilities.rumble | padCapabilities.gyroscope;
  expect(readInput(inputOf(0x5500_0004, [1, 2, can, 0, 0, 0x10, 0, 0]))).toEqual({
    kind: "pad_arrival",
    pad: 1,
    type: "playstation",
    capabilities: can,
    buttons: padButtons.a,
  });
  expect(readInput(inputOf(0x5500_0004, [1, 9, 0, 0, 0, 0, 0, 0]))).toMatchObject({
    type: "unknown",
  });
});

test("rumble is written as players read it", () => {
  const rumble = { pad: 2, strong: 0xc000, weak: 0x4001 };
  const { type, payload } = rumbleMessage(rumble);
  expect(type).toBe(0x010b);
  expect([...payload]).toEqual([0, 0, 0, 0, 2, 0, 0, 0xc0, 1, 0x40]);
});

const floats = (...values: number[]) => [...Buffer.from(new Float32Array(values).buffer)];

test("a finger is read with what it did and where", () => {
  const touch = (phase: number) => [
    phase,
    0,
    0xff,
    0xff,
    9,
    0,
    0,
    0,
    ...floats(0.5, 0.25, 1, 0, 0),
  ];
  expect(readInput(inputOf(0x5500_0002, touch(1)))).toEqual({
    kind: "touch",
    phase: "down",
    pointer: 9,
    x: 0.5,
    y: 0.25,
    pressure: 1,
  });
  expect(readInput(inputOf(0x5500_0002, touch(7)))).toMatchObject({ phase: "cancel_all" });
  expect(readInput(inputOf(0x5500_0002, touch(8)))).toBeUndefined();
});

test("a pen is read with the side that it leans to, or without one where it is not measured", () => {
  const pen = (rotation: number, tilt: number) => {
    const place = [3, 2, 1, 0, ...floats(0.5, 0.25, 0.75)];
    const lean = [rotation & 0xff, rotation >> 8, tilt, 0];
    return readInput(inputOf(0x5500_0003, [...place, ...lean, ...floats(0, 0)]));
  };
  expect(pen(0, 30)).toEqual({
    kind: "pen",
    phase: "move",
    tool: "eraser",
    buttons: penButtons.primary,
    x: 0.5,
    y: 0.25,
    pressure: 0.75,
    tilt: { x: 0, y: 30 },
  });
  expect(pen(90, 30)).toMatchObject({ tilt: { x: -30, y: 0 } });
  expect(pen(180, 90)).toMatchObject({ tilt: { y: -90 } });
  expect(pen(0xffff, 30)).toMatchObject({ tilt: undefined });
  expect(pen(0, 0xff)).toMatchObject({ tilt: undefined });
});

test("an input message whose size is a lie is dropped", () => {
  const payload = inputOf(8, [1]);
  payload.writeUInt32BE(6, 0);
  expect(readInput(payload)).toBeUndefined();
  expect(readInput(Buffer.alloc(7))).toBeUndefined();
});
