/**
 * Hostile bytes for the parsers of the GameStream path: random, and valid ones with a few bytes
 * changed, cut or repeated.
 */

import { readControl } from "../../src/gamestream/control/message.ts";
import { ControlSeal } from "../../src/gamestream/control/seal.ts";
import { EnetPeer } from "../../src/gamestream/enet/peer.ts";
import { readConnect, readDatagram } from "../../src/gamestream/enet/wire.ts";
import { readCertificate, signatureOf } from "../../src/gamestream/http/certificate.ts";
import { readRequest } from "../../src/gamestream/http/request.ts";
import { readLaunch } from "../../src/gamestream/launch.ts";
import { FecLossCounter } from "../../src/gamestream/media/loss-counter.ts";
import { readRtsp } from "../../src/gamestream/rtsp/message.ts";
import { readAnnounce } from "../../src/gamestream/rtsp/sdp.ts";
import { openRtsp, sealRtsp } from "../../src/gamestream/rtsp/seal.ts";
import { announceBody } from "../support/gamestream-client/player.ts";
import { randomFrom } from "../support/gamestream-client/random.ts";
import { ManualClock } from "../support/manual-clock.ts";

type Random = () => number;
export type Fuzz = (random: Random) => void;

const key = Buffer.alloc(16, 9);
const connect = Buffer.concat([Buffer.from([0x8f, 0xff, 0, 1]), Buffer.alloc(48, 1)]);
connect[4] = 0x82;
const announcement = Buffer.from(announceBody({}));
const rtspRequest = Buffer.from(
  `ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: ${announcement.length}\r\n\r\n${announcement}`,
);
const httpRequest = Buffer.from(
  `GET /launch?rikey=${"0a".repeat(16)}&rikeyid=-77&appid=1&corever=1 HTTP/1.1\r\nHost: x\r\n\r\n`,
);
const der = Buffer.from([0x30, 0x0a, 0x30, 0x01, 0, 0x30, 0x00, 0x03, 0x03, 0, 1, 2]);

/** The bytes with up to eight of them changed, cut at the end or doubled. */
export function mutate(valid: Uint8Array, random: Random): Buffer {
  const bytes = Buffer.from(valid);
  for (let count = Math.floor(random() * 8); count > 0; count--) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  const fate = random();
  if (fate < 0.2) return bytes.subarray(0, Math.floor(random() * bytes.length));
  return fate < 0.3 ? Buffer.concat([bytes, bytes]) : bytes;
}

function noise(random: Random, bytesMax: number): Buffer {
  const bytes = Buffer.alloc(Math.floor(random() * bytesMax));
  for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(random() * 256);
  return bytes;
}

export const fuzzHttp: Fuzz = (random) => {
  const request = readRequest(mutate(httpRequest, random));
  if (typeof request === "object") readLaunch(request.query, 1);
};

export const fuzzRtsp: Fuzz = (random) => {
  const request = readRtsp(mutate(rtspRequest, random).toString("latin1"));
  if (typeof request === "object") readAnnounce(request.body);
};

export const fuzzSealedRtsp: Fuzz = (random) => {
  const sealed = sealRtsp(rtspRequest, { key, sequence: 1, side: "client" });
  const opened = openRtsp(mutate(sealed, random), { key, side: "client" });
  if (typeof opened === "object") readRtsp(opened.text);
};

export const fuzzSdp: Fuzz = (random) => {
  readAnnounce(mutate(announcement, random).toString("latin1"));
};

export const fuzzEnet: Fuzz = (random) => {
  readDatagram(random() < 0.5 ? noise(random, 300) : mutate(connect, random));
};

const clock = new ManualClock();
let peer: EnetPeer<Buffer> | undefined;

/** One connection takes whatever comes, for thousands of datagrams on end. */
export const fuzzEnetPeer: Fuzz = (random) => {
  const bytes = noise(random, 300);
  if (bytes.length > 8) bytes.writeUInt16BE(0x8001, 0);
  const opening = readDatagram(connect)?.commands[0];
  if (opening !== undefined && (peer === undefined || random() < 0.0005)) {
    const request = readConnect(opening);
    const address = { address: "127.0.0.1", port: 1 };
    const open = (data: Buffer) => (data.length % 2 === 0 ? data : undefined);
    peer = new EnetPeer({ id: 1, address, nowUs: clock.nowUs(), request, open });
    peer.state = "connected";
  }
  for (const command of readDatagram(bytes)?.commands ?? []) {
    peer?.receive(command, 1, clock.nowUs());
  }
  clock.advanceMs(1);
  peer?.sendReliable(0, bytes);
  peer?.takeDatagrams(clock.nowUs());
};

const client = new ControlSeal({ key, version: 2, own: "client" });
const host = new ControlSeal({ key, version: 2, own: "host" });
const controlTypes = [0x0302, 0x0301, 0x0200, 0x0206, 0x5502, 0x0350];
const counter = new FecLossCounter();

/** Half of the packets are sealed well, so that what is inside reaches its parser. */
export const fuzzControl: Fuzz = (random) => {
  const type = controlTypes[Math.floor(random() * controlTypes.length)] ?? 0;
  const packet = client.seal(type, noise(random, 48)) ?? Buffer.alloc(0);
  const opened = host.open(random() < 0.5 ? packet : mutate(packet, random));
  const message = opened && readControl(opened.type, opened.payload);
  if (message?.kind === "fec") counter.add(message.status);
  if (message?.kind === "invalidate") counter.invalidate(message.first, message.last);
};

const inputKinds = [3, 5, 7, 8, 0x0a, 0x0c, 0x0d, 0x17];

export const fuzzInput: Fuzz = (random) => {
  const payload = Buffer.concat([Buffer.alloc(8), noise(random, 40)]);
  const isExtension = random() < 0.4;
  const kind = inputKinds[Math.floor(random() * inputKinds.length)] ?? 0;
  payload.writeUInt32BE(payload.length - 4, 0);
  payload.writeUInt32LE(isExtension ? 0x5500_0001 + Math.floor(random() * 8) : kind, 4);
  readControl(0x0206, payload);
};

export const fuzzCertificate: Fuzz = (random) => {
  signatureOf(mutate(der, random));
  if (random() < 0.01) readCertificate(noise(random, 200).toString("latin1"));
};

export const fuzzers = {
  fuzzHttp,
  fuzzRtsp,
  fuzzSealedRtsp,
  fuzzSdp,
  fuzzEnet,
  fuzzEnetPeer,
  fuzzControl,
  fuzzInput,
  fuzzCertificate,
};

const grownMbMax = 24;

export type GamestreamFed = { readonly count: number; readonly grownMb: number };

/**
 * At least `count` inputs in all parsers together.
 * @throws Error with the round that a parser does not bear, or when memory is kept.
 */
export function runGamestreamFuzz({ seed, count }: { seed: number; count: number }): GamestreamFed {
  const all = Object.entries(fuzzers);
  const rounds = Math.ceil(count / all.length);
  const random = randomFrom(seed);
  const begunMb = heapMb();
  for (const [name, fuzz] of all) {
    for (let round = 0; round < rounds; round++) {
      try {
        fuzz(random);
      } catch (cause) {
        throw new Error(`${name} fails in round ${round} of seed ${seed}`, { cause });
      }
    }
  }
  const grownMb = heapMb() - begunMb;
  if (grownMb > grownMbMax) throw new Error(`The parsers kept ${grownMb.toFixed(1)} MB`);
  return { count: rounds * all.length, grownMb };
}

function heapMb(): number {
  Bun.gc(true);
  return process.memoryUsage().heapUsed / 1e6;
}
